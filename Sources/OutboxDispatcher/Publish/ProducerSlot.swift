import LibRDKafka
import Synchronization

/// One producer with the batches that go through it, from its making to its end.
///
/// A retired slot takes no new batches; its producer is closed when the last batch has left.
final class ProducerSlot: Sendable {
    enum Kind: Hashable, Sendable {
        /// Many records to a batch.
        case regular
        /// Each record in a batch of its own, so that a refusal has one culprit.
        case cautious
    }

    let kind: Kind
    let producer: KafkaProducer
    /// No batch of records is larger, but for one of a single record.
    let batchBytes: Int
    /// No record may be larger.
    let maximumMessageBytes: Int
    let partitioner: KafkaPartitioner
    let knownPartitions = KnownPartitions()

    private struct State {
        var users = 0
        var isRetired = false
        var isPurged = false
    }
    private let state = Mutex(State())

    init(kind: Kind, producer: KafkaProducer, batchBytes: Int, maximumMessageBytes: Int, partitioner: KafkaPartitioner)
    {
        self.kind = kind
        self.producer = producer
        self.batchBytes = batchBytes
        self.maximumMessageBytes = maximumMessageBytes
        self.partitioner = partitioner
    }

    /// No batch is in it.
    var isUnused: Bool { state.withLock { $0.users == 0 } }
    var isRetired: Bool { state.withLock { $0.isRetired } }
    /// What was queued or in flight has been thrown away; it may or may not be on the topic.
    var isPurged: Bool { state.withLock { $0.isPurged } }

    /// - Returns: `false` when the slot is retired.
    func enter() -> Bool {
        state.withLock { state in
            if state.isRetired { return false }
            state.users += 1
            return true
        }
    }

    func leave() async {
        let isLast = state.withLock { state in
            state.users -= 1
            return state.isRetired && state.users == 0
        }
        if isLast { await producer.close() }
    }

    /// Takes no new batches from now on.
    ///
    /// - Parameter purge: throws away what is queued and in flight; its batches come back at once.
    func retire(purge: Bool) async {
        let (isUnused, mustPurge) = state.withLock { state in
            let isUnused = !state.isRetired && state.users == 0
            let mustPurge = purge && !state.isPurged
            state.isRetired = true
            state.isPurged = state.isPurged || purge
            return (isUnused, mustPurge)
        }
        knownPartitions.wake()
        if mustPurge { producer.purge() }
        if isUnused { await producer.close() }
    }
}
