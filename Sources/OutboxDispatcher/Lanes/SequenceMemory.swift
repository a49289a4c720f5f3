/// Remembers the last settled sequence of the aggregates seen lately, to see events that were committed out of order.
///
/// A table of fixed size, indexed by the aggregate's hash: a newcomer takes the place of who was there, so it may
/// miss an event out of order but never blames a right one.
struct SequenceMemory {
    private var entries: [(hash: Int, sequence: Int64)]
    private let mask: Int

    /// - Parameter capacity: a power of two.
    init(capacity: Int = 1 << 15) {
        entries = Array(repeating: (0, 0), count: capacity)
        mask = capacity - 1
    }

    /// - Returns: whether a later event of the same aggregate has been settled before.
    mutating func settle(_ event: SettledEvent) -> Bool {
        let index = event.aggregateHash & mask
        if entries[index].hash == event.aggregateHash, entries[index].sequence > event.sequence { return true }
        entries[index] = (event.aggregateHash, event.sequence)
        return false
    }
}
