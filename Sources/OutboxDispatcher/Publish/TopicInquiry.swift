import LibRDKafka
import Synchronization

/// Asks the cluster about topics, for the directory.
final class TopicInquiry: Sendable {
    /// Kafka's own default for `max.message.bytes`, for clusters that don't tell.
    static let usualMaximumMessageBytes = 1_048_588

    private let admin: KafkaAdmin
    /// A cluster that doesn't describe topics, or doesn't allow it, is not asked for a while.
    private let noConfigsBefore = Mutex<ContinuousClock.Instant?>(nil)

    init(admin: KafkaAdmin) {
        self.admin = admin
    }

    /// - Throws: `KafkaError` when no broker answers.
    func state(of topic: String) async throws -> TopicDirectory.State {
        let metadata = try await admin.metadata(topics: [topic], timeout: .seconds(5))
        let missing = "the topic \(topic) does not exist: create it with `outbox topics --create`"
        guard let found = metadata.topic(topic) else { return .unusable(reason: missing) }
        if let error = found.error {
            switch error.code {
            case .unknownTopicOrPartition, .unknownTopic: return .unusable(reason: missing)
            // A topic that is just being made, or whose leaders are being elected, is worth waiting for.
            case .leaderNotAvailable: throw error
            default: return .unusable(reason: "the topic \(topic) can't be used: \(error)")
            }
        }
        return .ready(maximumMessageBytes: await maximumMessageBytes(of: topic) ?? Self.usualMaximumMessageBytes)
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
