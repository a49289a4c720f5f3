import LibRDKafka
import Outbox

/// Reads topics, outside any group: partitions are assigned by hand, and nothing is committed.
final class TopicReader: Sendable {
    /// How long nothing may come although there must be more.
    private static let patience = Duration.seconds(60)
    private static let deadLetterSuffix = ".dlq"

    private let consumer: KafkaConsumer
    private let admin: KafkaAdmin

    init(_ configuration: VerifyConfiguration) throws(KafkaError) {
        var settings = KafkaConsumerConfiguration(
            bootstrapServers: configuration.bootstrapServers, groupID: "outbox-verify")
        settings.clientID = "outbox-verify"
        settings.reportsEndOfPartition = true
        // The dispatcher uses no transactions, and a stranger's open one must not hide what stands behind it.
        settings.isolation = .readUncommitted
        settings.properties = ["queued.max.messages.kbytes": "16384"].merging(configuration.kafkaProperties) { $1 }
        consumer = try KafkaConsumer(settings)
        admin = try KafkaAdmin(
            bootstrapServers: configuration.bootstrapServers, properties: configuration.kafkaProperties)
    }

    func close() async {
        await consumer.close()
        await admin.close()
    }

    /// The partitions of topics.
    ///
    /// - Parameters:
    ///   - names: topics that there should be.
    ///   - template: topics whose names it makes are added; nil for none.
    func partitions(
        of names: [String], andThoseOf template: TopicTemplate?
    ) async throws(KafkaError) -> [KafkaTopicPartition] {
        let wanted = Set(names)
        // A template without any text of its own makes every topic's name.
        let template = template.flatMap { $0 == (try? TopicTemplate("{aggregateType}")) ? nil : $0 }
        return try await admin.metadata(topics: nil, timeout: .seconds(10)).topics
            .filter { topic in
                wanted.contains(topic.name)
                    || template?.aggregateType(ofTopic: topic.name) != nil
                        && !topic.name.hasSuffix(Self.deadLetterSuffix)
            }
            .sorted { $0.name < $1.name }
            .flatMap { topic in topic.partitions.map { KafkaTopicPartition(topic.name, $0.id) } }
    }

    /// The partitions of topics' dead-letter topics.
    func deadLetterPartitions(of topics: [String]) async throws(KafkaError) -> [KafkaTopicPartition] {
        try await partitions(of: topics.map { $0 + Self.deadLetterSuffix }, andThoseOf: nil)
    }

    /// The ends of partitions.
    func watermarks(
        of partitions: [KafkaTopicPartition]
    ) async throws(KafkaError) -> [KafkaTopicPartition: KafkaWatermarks] {
        var result: [KafkaTopicPartition: KafkaWatermarks] = [:]
        for partition in partitions { result[partition] = try await consumer.watermarks(of: partition) }
        return result
    }

    /// For each partition the offset of the first record at or after a time, where there is one.
    func offsets(
        of partitions: [KafkaTopicPartition], at milliseconds: Int64
    ) async throws(KafkaError) -> [KafkaTopicPartition: Int64] {
        try await admin.listOffsets(partitions, at: .timestamp(milliseconds: milliseconds))
    }

    /// The settings of topics; none where they can't be asked for.
    func settings(of topics: [String]) async -> [String: [String: String]] {
        guard !topics.isEmpty else { return [:] }
        return (try? await admin.describeTopicConfigs(topics)) ?? [:]
    }

    /// Reads parts of partitions.
    ///
    /// - Parameters:
    ///   - ranges: what to read; changed by what is seen.
    ///   - body: gets the records of a partition, in order.
    /// - Throws: `KafkaError` when the brokers give nothing for a minute; what `body` throws.
    func read(
        _ ranges: inout [PartitionRange], _ body: (KafkaTopicPartition, [KafkaRecord]) async throws -> Void
    ) async throws {
        let wanted = ranges.filter { !$0.isEmpty }
        guard !wanted.isEmpty else { return }
        let places = Dictionary(
            ranges.indices.map { (ranges[$0].partition, $0) }, uniquingKeysWith: { first, _ in first })
        try await consumer.assign(wanted.map { KafkaTopicPartitionOffset($0.partition, .offset($0.start)) })
        var open = Set(wanted.map(\.partition))
        var lastProgress = ContinuousClock.now
        var lastError: KafkaError?
        while !open.isEmpty {
            try Task.checkCancellation()
            for event in try await consumer.poll(maximumMessages: 2_000, timeout: .seconds(1)) {
                switch event {
                case .messages(let partition, let records):
                    guard let place = places[partition], open.contains(partition) else { continue }
                    lastProgress = .now
                    let taken = records.filter {
                        ranges[place].take(offset: $0.offset, timestamp: $0.timestampMilliseconds ?? 0)
                    }
                    try await body(partition, taken)
                    if ranges[place].isRead { try await finish(partition, &open) }
                case .endOfPartition(let partition):
                    guard let place = places[partition], open.contains(partition) else { continue }
                    ranges[place].endReached()
                    try await finish(partition, &open)
                case .error(let error):
                    if error.isFatal { throw error }
                    lastError = error
                case .assigned, .revoked: break
                }
            }
            guard ContinuousClock.now - lastProgress < Self.patience else {
                let why = lastError.map { "; the last error was \($0)" } ?? ""
                throw KafkaError(.timedOut, "no record for \(Self.patience), of \(open.sorted())\(why)")
            }
        }
        // What is assigned again must not be found paused.
        try await consumer.resume(wanted.map(\.partition))
        try await consumer.assign([])
    }

    private func finish(_ partition: KafkaTopicPartition, _ open: inout Set<KafkaTopicPartition>) async throws {
        open.remove(partition)
        try await consumer.pause([partition])
    }
}
