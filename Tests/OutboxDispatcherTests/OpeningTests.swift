import LibRDKafka
import Testing

@testable import OutboxDispatcher

@Suite("The first records of a producer")
struct OpeningTests {
    /// Keys by the partition, of 4, that they go to.
    private let keys: [Int32: [[UInt8]]] = Dictionary(
        grouping: (0..<100).map { Array("A\($0)".utf8) },
        by: { KafkaPartitioner.murmur2Partition(ofKey: $0, partitionCount: 4) })

    private func makeOpening(known: Set<Int32>, partitioner: KafkaPartitioner = .murmur2Random) -> Opening? {
        Opening(known: known, partitions: 4, partitioner: partitioner)
    }

    private func mustWait(_ opening: Opening, _ key: [UInt8]) -> Bool { key.withUnsafeBytes(opening.mustWait) }

    @Test("an unknown partition gets one record, and all behind it wait, whatever their aggregate")
    func oneRecord() throws {
        var opening = try #require(makeOpening(known: [1]))
        let (zeros, ones, twos) = try (#require(keys[0]), #require(keys[1]), #require(keys[2]))
        for key in zeros + ones + twos { #expect(!mustWait(opening, key)) }
        zeros[0].withUnsafeBytes { opening.sent($0) }
        ones[0].withUnsafeBytes { opening.sent($0) }
        for key in zeros { #expect(mustWait(opening, key)) }
        for key in ones + twos { #expect(!mustWait(opening, key)) }
    }

    @Test("when all partitions are known there is nothing to ask")
    func allKnown() {
        #expect(makeOpening(known: [0, 1, 2, 3]) == nil)
        #expect(makeOpening(known: []) != nil)
    }

    @Test("where the partition can't be told, only one record goes")
    func untold() throws {
        var opening = try #require(makeOpening(known: [], partitioner: .random))
        [UInt8]("a".utf8).withUnsafeBytes { opening.sent($0) }
        #expect(mustWait(opening, [UInt8]("b".utf8)))
    }

    @Test("what is known of a topic is forgotten in time, and is not another topic's")
    func memory() {
        var known = KnownPartitions()
        let start = ContinuousClock.now
        known.acknowledged("a", [0, 2], now: start)
        known.acknowledged("a", [1], now: start + .seconds(599))
        #expect(known.partitions(of: "a", now: start + .seconds(599)) == [0, 1, 2])
        #expect(known.partitions(of: "b", now: start) == [])
        #expect(known.partitions(of: "a", now: start + .seconds(600)) == [])
        known.acknowledged("a", [3], now: start + .seconds(601))
        #expect(known.partitions(of: "a", now: start + .seconds(602)) == [3])
    }
}
