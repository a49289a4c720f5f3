import LibRDKafka

/// Asks for a batch's records whether they may go to their partitions, of a topic that does not know its producer
/// everywhere: see ``KnownPartitions``.
struct Opening {
    private let topic: String
    private let partitions: Int32
    private let slot: ProducerSlot
    /// The partitions that records of this batch are opening.
    private(set) var opened: Set<Int32> = []
    /// Records of this batch wait for these partitions, so all that are behind them do.
    private var closed: Set<Int32> = []
    /// To be opened by the record that is being sent.
    private var reserved: Int32?

    /// - Returns: `nil` when all partitions know the producer.
    init?(topic: String, partitions: Int32, slot: ProducerSlot) {
        if partitions > 0, slot.knownPartitions.count(topic, now: .now) >= partitions { return nil }
        self.topic = topic
        self.partitions = partitions
        self.slot = slot
    }

    /// - Returns: `false` when the record must wait, with all that is behind it in its partition.
    mutating func admit(_ key: UnsafeRawBufferPointer) -> Bool {
        // Where the partition can't be told, all keys are one.
        let partition = slot.partitioner.partition(ofKey: key, partitionCount: partitions) ?? -1
        if closed.contains(partition) { return false }
        switch slot.knownPartitions.open(topic, partition, now: .now) {
        case .known: return true
        case .busy:
            closed.insert(partition)
            return false
        case .opens:
            reserved = partition
            return true
        }
    }

    /// The record that was admitted is on its way, or won't be sent.
    mutating func done(isSent: Bool) {
        guard let partition = reserved.take() else { return }
        if isSent {
            opened.insert(partition)
        } else {
            slot.knownPartitions.finished(topic, opened: [partition], acknowledged: [], now: .now)
        }
    }
}
