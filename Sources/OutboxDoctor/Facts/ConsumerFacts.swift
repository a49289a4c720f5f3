import FoundationEssentials
import LibRDKafka

/// A consumer group on the topics.
struct ConsumerFacts: Sendable {
    var group: String
    /// `nil` when there is no such group.
    var state: KafkaConsumerGroup.State?
    /// Records that it has not committed.
    var lag: Int64 = 0
    /// Of these, those that are gone from the topics already.
    var lost: Int64 = 0
    /// It has not got as far as what was written half of a topic's retention ago.
    var isNearRetention = false

    static func read(
        _ topics: [TopicFacts], _ configuration: DoctorConfiguration, admin: KafkaAdmin, metadata: KafkaMetadata
    ) async throws -> [ConsumerFacts] {
        let names = Set(topics.filter { $0.exists && $0.error == nil }.compactMap(\.name))
        let partitions = metadata.topics.filter { names.contains($0.name) }.flatMap { topic in
            topic.partitions.filter { $0.leader >= 0 }.map { KafkaTopicPartition(topic.name, $0.id) }
        }
        let deadline = ContinuousClock.now + configuration.timeout * 2
        /// What is left for the next question: there may be many groups and topics.
        func left() throws -> Duration {
            let left = deadline - .now
            guard left > .zero else {
                throw KafkaError(.timedOut, "not all of them within \(configuration.timeout * 2)")
            }
            return min(left, configuration.timeout)
        }
        let known = try await admin.consumerGroups(timeout: left())
        let wanted = configuration.groups.isEmpty ? known.map(\.name) : configuration.groups
        guard !partitions.isEmpty else {
            return configuration.groups.map { name in
                ConsumerFacts(group: name, state: known.first { $0.name == name }?.state)
            }
        }
        let earliest = try await admin.listOffsets(partitions, at: .earliest, timeout: left())
        let latest = try await admin.listOffsets(partitions, at: .latest, timeout: left())
        let aged = try await offsetsHalfwayToDeletion(partitions, topics, admin, left)
        var facts: [ConsumerFacts] = []
        for name in wanted.prefix(100) {
            let committed = try await admin.committedOffsets(
                group: name, partitions, timeout: left())
            // Of all groups there are, those that read other topics.
            if committed.isEmpty, configuration.groups.isEmpty { continue }
            var group = ConsumerFacts(group: name, state: known.first { $0.name == name }?.state)
            // A topic that the group never committed is one that it need not read, unless it was asked for by name.
            let read = Set(committed.keys.map(\.topic))
            for partition in partitions where read.contains(partition.topic) || committed.isEmpty {
                let (start, end) = (earliest[partition] ?? 0, latest[partition] ?? 0)
                let next = committed[partition] ?? start
                group.lag += max(0, end - next)
                group.lost += max(0, start - next)
                if let offset = aged[partition], next < offset { group.isNearRetention = true }
            }
            facts.append(group)
        }
        return facts
    }

    /// The first record of each partition that is younger than half of its topic's retention.
    private static func offsetsHalfwayToDeletion(
        _ partitions: [KafkaTopicPartition], _ topics: [TopicFacts], _ admin: KafkaAdmin,
        _ left: () throws -> Duration
    ) async throws -> [KafkaTopicPartition: Int64] {
        var offsets: [KafkaTopicPartition: Int64] = [:]
        let now = Int64(Date.now.timeIntervalSince1970 * 1000)
        for topic in topics {
            guard let retention = topic.setting("retention.ms"), retention > 0, let name = topic.name else { continue }
            let own = partitions.filter { $0.topic == name }
            let found = try await admin.listOffsets(
                own, at: .timestamp(milliseconds: now - retention / 2), timeout: left())
            offsets.merge(found) { $1 }
        }
        return offsets
    }
}
