import LibRDKafka
import Synchronization

/// What is known about a running consumer, for health and metrics.
final class ConsumerState: Sendable {
    private struct Values {
        var isDatabaseReachable = false
        var isBrokerReachable = false
        var hasAssignment = false
        var isMember = false
        var isDraining = false
        var lastMoved: ContinuousClock.Instant?
        var partitions: [PartitionProcessor<KafkaRecord>] = []
    }

    private let values = Mutex(Values())
    /// The loop turns several times a second; slower than this it hangs.
    private let longestTurn = Duration.seconds(30)

    func databaseAnswered(_ answered: Bool = true) { values.withLock { $0.isDatabaseReachable = answered } }

    func brokerAnswered(_ answered: Bool = true) { values.withLock { $0.isBrokerReachable = answered } }

    func moved() { values.withLock { $0.lastMoved = .now } }

    func own(_ partitions: [PartitionProcessor<KafkaRecord>]) {
        values.withLock { values in
            values.partitions = partitions
            values.hasAssignment = true
        }
    }

    /// Notes whether the group counts this consumer in. It may give it nothing, and then says nothing either.
    func joined(_ isMember: Bool) { values.withLock { $0.isMember = isMember } }

    /// The partitions that are owned now.
    var partitions: [PartitionProcessor<KafkaRecord>] { values.withLock { $0.partitions } }

    func requestDrain() { values.withLock { $0.isDraining = true } }

    var isDraining: Bool { values.withLock { $0.isDraining } }

    func health(at now: ContinuousClock.Instant) -> ConsumerHealth {
        let values = values.withLock { $0 }
        let stalls = values.partitions.compactMap(\.stall)
        var health = ConsumerHealth()
        health.isDatabaseReachable = values.isDatabaseReachable
        health.isBrokerReachable = values.isBrokerReachable
        health.hasAssignment = values.hasAssignment || values.isMember
        health.partitions = values.partitions.count
        health.stalledPartitions = stalls.count
        health.lastStall = stalls.last
        health.isLoopMoving = values.lastMoved.map { now - $0 < longestTurn } ?? false
        health.isDraining = values.isDraining
        return health
    }
}
