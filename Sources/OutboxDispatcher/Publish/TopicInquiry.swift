import LibRDKafka
import Synchronization

/// Asks the cluster about topics, for the directory.
final class TopicInquiry: Sendable {
    /// Kafka's own default for `max.message.bytes`, for clusters that don't tell.
    static let usualMaximumMessageBytes = 1_048_588

    /// Why no event can go to a topic, or to some of its partitions.
    struct Trouble: Sendable {
        let reason: String
        /// What is in flight for the topic, as it was, has no future.
        let isLasting: Bool
    }

    private let admin: KafkaAdmin
    /// A cluster that doesn't describe topics, or doesn't allow it, is not asked for a while.
    private let noConfigsBefore = Mutex<ContinuousClock.Instant?>(nil)

    init(admin: KafkaAdmin) {
        self.admin = admin
    }

    /// - Throws: `KafkaError` when no broker answers.
    func state(of topic: String) async throws -> TopicDirectory.State {
        let (reason, partitions) = try await reasonAgainst(topic)
        if let reason { return .unusable(reason: reason) }
        return .ready(
            maximumMessageBytes: await maximumMessageBytes(of: topic) ?? Self.usualMaximumMessageBytes,
            partitions: Int32(clamping: partitions.count))
    }

    /// What the cluster itself finds wrong with the topic; `nil` when all is well.
    ///
    /// - Throws: `KafkaError` when no broker answers.
    func trouble(of topic: String) async throws -> Trouble? {
        let (reason, partitions) = try await reasonAgainst(topic)
        if let reason { return Trouble(reason: reason, isLasting: true) }
        let leaderless = partitions.filter { $0.leader < 0 }
        guard !leaderless.isEmpty else { return nil }
        return Trouble(
            reason: "of the topic \(topic), \(leaderless.count) of \(partitions.count) partitions have no leader",
            isLasting: false)
    }

    private func reasonAgainst(
        _ topic: String
    ) async throws -> (reason: String?, partitions: [KafkaMetadata.Partition]) {
        let metadata = try await admin.metadata(topics: [topic], timeout: .seconds(5))
        let missing = "the topic \(topic) does not exist: create it with `outbox topics --create`"
        guard let found = metadata.topic(topic) else { return (missing, []) }
        switch found.error?.code {
        case nil: return (nil, found.partitions)
        case .unknownTopicOrPartition, .unknownTopic: return (missing, [])
        default: return ("the topic \(topic) can't be used: \(found.error?.description ?? "")", [])
        }
    }

    private func maximumMessageBytes(of topic: String) async -> Int? {
        if let time = noConfigsBefore.withLock({ $0 }), time > .now { return nil }
        do {
            let configs = try await admin.describeTopicConfigs([topic], timeout: .seconds(3))
            return configs[topic]?["max.message.bytes"].flatMap { Int($0) }
        } catch {
            noConfigsBefore.withLock { $0 = .now + .seconds(60) }
            return nil
        }
    }
}
