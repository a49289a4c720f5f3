import Outbox

extension ConsumerConfiguration {
    /// Looks for settings that can't work.
    /// - Throws: ``ConsumerError/Code/invalidConfiguration``, with the setting, its value and what is allowed.
    func check() throws(ConsumerError) {
        func require(_ holds: Bool, _ setting: String, _ value: Any, _ allowed: String) throws(ConsumerError) {
            guard holds else {
                throw ConsumerError(.invalidConfiguration, "\(setting) is \(value); allowed: \(allowed)")
            }
        }
        try require(
            (1...200).contains(name.utf8.count), "name", "\"\(name)\"", "1 to 200 bytes, since it is a group's name")
        try require(
            groupInstance.map { (1...200).contains($0.utf8.count) } ?? true, "groupInstance",
            "\"\(groupInstance ?? "")\"", "1 to 200 bytes, or none")
        try require(!bootstrapServers.isEmpty, "bootstrapServers", "empty", "host:port, several separated by commas")
        try require(
            !topics.isEmpty && !topics.contains(""), "topics", topics, "at least one topic, or ^regular expression")
        try require((1...256).contains(parallelism), "parallelism", parallelism, "1 to 256")
        try require((1...50_000).contains(batchSize), "batchSize", batchSize, "1 to 50000")
        try require(bufferedBytes >= 1 << 20, "bufferedBytes", bufferedBytes, "1048576 (1 MiB) or more")
        try require((1...1_000).contains(maximumAttempts), "maximumAttempts", maximumAttempts, "1 to 1000")
        try require(retryBackoff >= .milliseconds(1), "retryBackoff", retryBackoff, "1 ms or more")
        try require(maximumBackoff >= .milliseconds(10), "maximumBackoff", maximumBackoff, "10 ms or more")
        try require(
            inboxRetention.map { $0 >= .seconds(60) } ?? true, "inboxRetention", inboxRetention ?? .zero,
            "60 s or more, or none")
        try require(upkeepInterval >= .milliseconds(100), "upkeepInterval", upkeepInterval, "100 ms or more")
        try require(commitInterval >= .milliseconds(10), "commitInterval", commitInterval, "10 ms or more")
        try require(
            drainTimeout >= .milliseconds(100) && drainTimeout <= .seconds(120), "drainTimeout", drainTimeout,
            "100 ms to 2 minutes, since the group waits no longer")
        try require(
            deadLetterSuffix.utf8.count >= 2 && deadLetterSuffix.utf8.allSatisfy(TopicTemplate.isAllowed),
            "deadLetterSuffix", "\"\(deadLetterSuffix)\"", "two or more of letters, digits, . _ -")
        for property in Self.fixedProperties where kafkaProperties[property] != nil {
            throw ConsumerError(
                .invalidConfiguration,
                "kafkaProperties sets \(property), which the consumer's guarantees rest on; leave it out")
        }
    }

    /// What a user must not set.
    private static let fixedProperties = [
        "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "group.id",
    ]

    /// Whether a topic is one for dead letters.
    func isDeadLetterTopic(_ topic: String) -> Bool { topic.hasSuffix(deadLetterSuffix) }
}
