import LibRDKafka
import Testing

@testable import OutboxVerify

@Suite("Parts of partitions that are read")
struct PartitionRangeTests {
    private func range(from start: Int64, to end: Int64, offsets: [Int64]) -> PartitionRange {
        var range = PartitionRange(KafkaTopicPartition("t", 0), from: start, to: end)
        for offset in offsets { _ = range.take(offset: offset, timestamp: offset * 10) }
        return range
    }

    @Test("what comes behind the end is not taken, and ends the reading")
    func end() {
        var range = PartitionRange(KafkaTopicPartition("t", 0), from: 3, to: 5)
        let first = range.take(offset: 3, timestamp: 0)
        #expect(first && !range.isRead)
        let last = range.take(offset: 4, timestamp: 0)
        #expect(last && range.isRead)
        let other = range.take(offset: 5, timestamp: 0)
        #expect(!other && range.isRead)
    }

    @Test("a partition that still has its first record has no horizon")
    func whole() {
        #expect(range(from: 0, to: 3, offsets: [0, 1, 2]).horizon(oldest: 0) == nil)
        #expect(range(from: 0, to: 0, offsets: []).horizon(oldest: 0) == nil)
    }

    @Test("one that lost its beginning has the time of the oldest record that was read")
    func cut() {
        #expect(range(from: 5, to: 8, offsets: [5, 6, 7]).horizon(oldest: 5) == 50)
    }

    @Test("one that was deleted while it was read has the time of the record behind the gap")
    func cutWhileRead() {
        #expect(range(from: 0, to: 9, offsets: [0, 1, 6, 7]).horizon(oldest: 6) == 60)
    }

    @Test("what lies before the part does not matter")
    func partOnly() {
        #expect(range(from: 7, to: 9, offsets: [7, 8]).horizon(oldest: 5) == nil)
    }

    @Test("of one that lost everything nothing can be told")
    func emptied() {
        #expect(range(from: 9, to: 9, offsets: []).horizon(oldest: 9) == .max)
    }
}
