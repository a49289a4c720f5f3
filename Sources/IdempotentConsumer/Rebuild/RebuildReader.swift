import LibRDKafka
import OutboxTelemetry

/// Reads the topics from their beginning, outside of the consumer's group, up to where the running consumer stands.
final class RebuildReader {
    private let kafka: KafkaConsumer
    private let eventTypes: Set<String>
    private(set) var partitions: [PartitionID: RebuildPartition] = [:]
    private var lastArrival = ContinuousClock.now
    /// How long nothing must have come before it is asked whether there is anything.
    private let patience = Duration.seconds(1)

    init(_ configuration: ConsumerConfiguration, eventTypes: Set<String>, logger: Logger) throws {
        var settings = configuration.kafkaConsumer(logger: logger)
        settings.groupID += ".rebuild"
        settings.groupInstanceID = nil
        settings.properties["group.instance.id"] = nil
        settings.reportsEndOfPartition = true
        kafka = try KafkaConsumer(settings)
        self.eventTypes = eventTypes
    }

    func close() async { await kafka.close() }

    /// Begins to read partitions, at the oldest record that there is.
    /// - Parameter live: where the running consumer stands.
    /// - Returns: the new ones.
    func add(_ live: [PartitionID: PartitionPosition]) async throws -> [RebuildPartition] {
        var new: [RebuildPartition] = []
        for (id, position) in live.sorted(by: { "\($0.key)" < "\($1.key)" }) where partitions[id] == nil {
            let marks = try await kafka.watermarks(of: KafkaTopicPartition(id), timeout: .seconds(30))
            let partition = RebuildPartition(
                id, start: min(marks.low, position.nextOffset), target: position.nextOffset, eventTypes: eventTypes)
            partitions[id] = partition
            new.append(partition)
        }
        if !new.isEmpty {
            try await kafka.assign(
                partitions.values.map { partition in
                    KafkaTopicPartitionOffset(KafkaTopicPartition(partition.id), .offset(partition.nextToRead))
                })
            for id in partitions.keys { partitions[id]?.isPaused = false }
        }
        return new
    }

    /// Sets how far the partitions are to be applied.
    /// - Throws: ``ConsumerError/Code/rebuild`` when the running consumer has gone back.
    func setTargets(_ live: [PartitionID: PartitionPosition]) throws {
        for (id, partition) in partitions {
            guard let position = live[id], position.nextOffset >= partition.position.nextOffset else {
                throw ConsumerError(
                    .rebuild, "the consumer's offset of \(id) was set back or deleted meanwhile; run the rebuild again")
            }
            partitions[id]?.target = position.nextOffset
        }
    }

    var isCaughtUp: Bool { partitions.values.allSatisfy(\.isCaughtUp) }
    var done: Int64 { partitions.values.reduce(0) { $0 + $1.position.nextOffset - $1.start } }
    var total: Int64 { partitions.values.reduce(0) { $0 + max(0, $1.target - $1.start) } }
    var applied: Int64 { partitions.values.reduce(0) { $0 + $1.applied } }

    func replace(_ partition: RebuildPartition) { partitions[partition.id] = partition }

    func restore(_ partitions: [PartitionID: RebuildPartition]) { self.partitions = partitions }

    /// Takes in what comes; waits for it unless there is something to apply.
    func fetch() async throws {
        let timeout: Duration = partitions.values.contains(where: \.isReady) ? .zero : .milliseconds(20)
        for event in try await kafka.poll(maximumMessages: 5_000, timeout: timeout) {
            switch event {
            case .messages(let partition, let records):
                partitions[PartitionID(partition)]?.receive(records)
                lastArrival = .now
            case .endOfPartition(let partition): partitions[PartitionID(partition)]?.reachedEnd()
            case .error(let error)
            where error.isFatal || error.code == .autoOffsetReset || error.code == .offsetOutOfRange:
                throw ConsumerError(.rebuild, "the topics can't be read from their beginning", underlying: error)
            case .error, .assigned, .revoked: break
            }
        }
        try await pauseWhereFull()
        try await probeWhereSilent()
    }

    private func pauseWhereFull() async throws {
        let full = partitions.values.filter { !$0.isPaused && $0.isFull }.map(\.id)
        if !full.isEmpty { try await kafka.pause(full.map { KafkaTopicPartition($0) }) }
        let free = partitions.values.filter { $0.isPaused && $0.isNearlyEmpty }.map(\.id)
        if !free.isEmpty { try await kafka.resume(free.map { KafkaTopicPartition($0) }) }
        for id in full { partitions[id]?.isPaused = true }
        for id in free { partitions[id]?.isPaused = false }
    }

    /// Not every offset has a record: a target behind the last one would be waited for for ever. Reading that begins
    /// anew and comes to the end shows that there is nothing.
    private func probeWhereSilent() async throws {
        guard .now - lastArrival > patience else { return }
        lastArrival = .now
        let silent = partitions.values.filter { !$0.isCaughtUp && !$0.isReady && !$0.isPaused }
        guard !silent.isEmpty else { return }
        for partition in silent { partitions[partition.id]?.probe() }
        try await kafka.seek(
            silent.map { KafkaTopicPartitionOffset(KafkaTopicPartition($0.id), .offset($0.nextToRead)) })
    }
}
