import LibRDKafka

/// Which of a batch's records may go to a topic whose partitions don't all know the producer yet.
///
/// See ``KnownPartitions``: the first record of an unknown partition goes alone.
struct Opening {
    private let known: Set<Int32>
    private let partitions: Int32
    private let partitioner: KafkaPartitioner
    /// Unknown partitions that have a record of this batch.
    private var opened: Set<Int32> = []

    /// - Returns: `nil` when all partitions are known.
    init?(known: Set<Int32>, partitions: Int32, partitioner: KafkaPartitioner) {
        if known.count >= partitions, partitions > 0 { return nil }
        self.known = known
        self.partitions = partitions
        self.partitioner = partitioner
    }

    /// Whether the record waits for the next batch, with all that is behind it in its partition.
    func mustWait(_ key: UnsafeRawBufferPointer) -> Bool {
        !opened.isEmpty && opened.contains(partition(key))
    }

    /// The record is on its way.
    mutating func sent(_ key: UnsafeRawBufferPointer) {
        let partition = partition(key)
        if !known.contains(partition) { opened.insert(partition) }
    }

    /// Where the partition can't be told, all keys are one.
    private func partition(_ key: UnsafeRawBufferPointer) -> Int32 {
        partitioner.partition(ofKey: key, partitionCount: partitions) ?? -1
    }
}
