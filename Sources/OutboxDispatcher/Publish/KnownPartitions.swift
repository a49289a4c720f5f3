import Synchronization

/// The partitions whose brokers know a producer, because they have acknowledged a record of it.
///
/// A broker that has nothing of a producer yet takes whatever sequence number comes first, not only 0 (KAFKA-14312,
/// KAFKA-15591, KAFKA-19880; `ProducerAppendInfo.checkSequence` up to Kafka 4.3). So of two requests in flight it may
/// refuse the first and take the second. Then idempotence does not hold the order; and when the first is tried again,
/// librdkafka takes it for acknowledged, since a later one was, and it is lost.
///
/// Therefore a partition is opened by one record alone; until that is acknowledged, all others wait.
final class KnownPartitions: Sendable {
    enum Admission: Equatable {
        /// Any number of records may be sent.
        case known
        /// One record may be sent; ``finished(_:opened:acknowledged:now:)`` must follow.
        case opens
        /// Another record is opening it.
        case busy
    }

    /// Brokers forget producers (`producer.id.expiration.ms`, a day unless changed).
    static let memory: Duration = .seconds(600)

    private struct Topic {
        var known: Set<Int32> = []
        var opening: Set<Int32> = []
        var since: ContinuousClock.Instant?

        func isFresh(_ now: ContinuousClock.Instant) -> Bool { since.map { now - $0 < memory } ?? false }
    }
    private struct State {
        var topics: [String: Topic] = [:]
        var changes = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// How many there are of a topic.
    func count(_ topic: String, now: ContinuousClock.Instant) -> Int {
        state.withLock { $0.topics[topic].map { $0.isFresh(now) ? $0.known.count : 0 } ?? 0 }
    }

    /// Asks to send a record.
    func open(_ topic: String, _ partition: Int32, now: ContinuousClock.Instant) -> Admission {
        state.withLock { state in
            var entry = state.topics[topic] ?? Topic()
            defer { state.topics[topic] = entry }
            if !entry.isFresh(now) { entry.known = [] }
            if entry.known.contains(partition) { return .known }
            return entry.opening.insert(partition).inserted ? .opens : .busy
        }
    }

    /// What was to open partitions has been acknowledged, or not, or was not sent after all.
    func finished(
        _ topic: String, opened: Set<Int32>, acknowledged: Set<Int32>, now: ContinuousClock.Instant
    ) {
        if opened.isEmpty && acknowledged.isEmpty { return }
        state.withLock { state in
            var entry = state.topics[topic] ?? Topic()
            if !entry.isFresh(now) { (entry.known, entry.since) = ([], now) }
            entry.opening.subtract(opened)
            entry.known.formUnion(acknowledged)
            state.topics[topic] = entry
        }
        wake()
    }

    /// The topic may have been made anew.
    func forget(_ topic: String) {
        state.withLock { $0.topics[topic]?.known = [] }
    }

    /// Counts the changes, to wait for the next.
    var changes: Int { state.withLock { $0.changes } }

    /// Waits for a change after those that are counted already.
    func change(after seen: Int) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.changes == seen { state.waiters.append(continuation) }
                return state.changes != seen
            }
            if isOver { continuation.resume() }
        }
    }

    /// Lets all look again who wait.
    func wake() {
        let waiters = state.withLock { state in
            state.changes += 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
