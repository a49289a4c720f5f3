import LibRDKafka
import Testing

@testable import OutboxDispatcher

@Suite("The first records of a producer")
struct OpeningTests {
    /// Keys by the partition, of 4, that they go to.
    private let keys: [Int32: [[UInt8]]] = Dictionary(
        grouping: (0..<100).map { Array("A\($0)".utf8) },
        by: { KafkaPartitioner.murmur2Partition(ofKey: $0, partitionCount: 4) })
    private let slot: ProducerSlot

    init() throws {
        slot = ProducerSlot(
            kind: .regular, producer: try KafkaProducer(KafkaProducerConfiguration(bootstrapServers: "127.0.0.1:1")),
            batchBytes: 1000, maximumMessageBytes: 1000, partitioner: .murmur2Random)
    }

    private func makeOpening() -> Opening? { Opening(topic: "t", partitions: 4, slot: slot) }

    private func know(_ partitions: Set<Int32>) {
        slot.knownPartitions.finished("t", opened: [], acknowledged: partitions, now: .now)
    }

    @Test("an unknown partition gets one record, and all behind it wait, whatever their aggregate or batch")
    func oneRecord() async throws {
        know([1])
        var opening = try #require(makeOpening())
        var other = try #require(makeOpening())
        let (zeros, ones) = try (#require(keys[0]), #require(keys[1]))
        #expect(zeros[0].withUnsafeBytes { opening.admit($0) })
        opening.done(isSent: true)
        for key in zeros {
            #expect(!key.withUnsafeBytes { opening.admit($0) })
            #expect(!key.withUnsafeBytes { other.admit($0) })
        }
        for key in ones { #expect(key.withUnsafeBytes { opening.admit($0) }) }
        #expect(opening.opened == [0])
        await slot.producer.close()
    }

    @Test("who has waited for a partition does so to the batch's end, though it is known meanwhile")
    func waitsOn() async throws {
        var opening = try #require(makeOpening())
        var other = try #require(makeOpening())
        let zeros = try #require(keys[0])
        #expect(zeros[0].withUnsafeBytes { opening.admit($0) })
        opening.done(isSent: true)
        #expect(!zeros[1].withUnsafeBytes { other.admit($0) })
        slot.knownPartitions.finished("t", opened: [0], acknowledged: [0], now: .now)
        #expect(!zeros[2].withUnsafeBytes { other.admit($0) })
        var next = try #require(makeOpening())
        #expect(zeros[1].withUnsafeBytes { next.admit($0) })
        #expect(zeros[2].withUnsafeBytes { next.admit($0) })
        await slot.producer.close()
    }

    @Test("a record that was not sent leaves its partition to the next")
    func notSent() async throws {
        var opening = try #require(makeOpening())
        let zeros = try #require(keys[0])
        #expect(zeros[0].withUnsafeBytes { opening.admit($0) })
        opening.done(isSent: false)
        #expect(zeros[1].withUnsafeBytes { opening.admit($0) })
        opening.done(isSent: true)
        #expect(opening.opened == [0])
        await slot.producer.close()
    }

    @Test("when all partitions are known there is nothing to ask")
    func allKnown() async {
        #expect(makeOpening() != nil)
        know([0, 1, 2, 3])
        #expect(makeOpening() == nil)
        await slot.producer.close()
    }
}
