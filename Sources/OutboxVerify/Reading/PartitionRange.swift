import LibRDKafka

/// A part of a partition that is to be read, and what is seen while it is.
struct PartitionRange {
    let partition: KafkaTopicPartition
    /// The first offset that is wanted.
    let start: Int64
    /// The offset behind the last one that is wanted.
    let end: Int64

    /// Where the last gap between records began: those in it may have been deleted before they were read.
    private(set) var gapStart: Int64
    /// The time of the first record behind that gap.
    private(set) var timeAfterGap: Int64?
    private var next: Int64

    init(_ partition: KafkaTopicPartition, from start: Int64, to end: Int64) {
        self.partition = partition
        self.start = start
        self.end = max(start, end)
        gapStart = start
        next = start
    }

    var isEmpty: Bool { start >= end }
    var isRead: Bool { next >= end }

    /// Whether a record is wanted.
    mutating func take(offset: Int64, timestamp: Int64) -> Bool {
        guard offset < end else {
            next = end
            return false
        }
        if offset > next || timeAfterGap == nil { (gapStart, timeAfterGap) = (next, timestamp) }
        next = offset + 1
        return true
    }

    /// There is nothing more.
    mutating func endReached() { next = end }

    /// What was written before this time may be gone; nil if nothing is, `Int64.max` if that can't be told.
    ///
    /// - Parameter oldest: the partition's oldest offset, asked for after it was read.
    func horizon(oldest: Int64) -> Int64? {
        guard oldest > gapStart || oldest > 0 && oldest >= start else { return nil }
        return timeAfterGap ?? .max
    }
}
