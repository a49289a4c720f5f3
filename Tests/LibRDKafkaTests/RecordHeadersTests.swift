import LibRDKafka
import Testing

@Suite("Headers of a record")
struct RecordHeadersTests {
    /// What a hostile, or a careless, producer may send.
    private static let hostile: [[KafkaHeader]] = [
        [],
        [KafkaHeader("event_id", nil), KafkaHeader("event_id", [])],
        [KafkaHeader("event_id", "1"), KafkaHeader("event_id", "2"), KafkaHeader("event_id", nil)],
        [KafkaHeader("", "without a name"), KafkaHeader("ÄÖ 🙂", [0xFF, 0x00, 0xC3])],
        [KafkaHeader(String(repeating: "n", count: 10_000), [UInt8](repeating: 7, count: 500_000))],
        (0..<2_000).map { KafkaHeader("h\($0)", "\($0)") },
    ]

    @Test("are lent as they were sent, in order, whatever they are; and again when they are asked for again")
    func lent() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster)
        let reports = try await producer.send(
            Self.hostile.map { KafkaMessage(topic: "t", key: nil, value: "v".bytes, headers: $0) })
        #expect(reports.allSatisfy { $0.error == nil })
        let consumer = try consumer(cluster)
        try await consumer.assign([KafkaTopicPartitionOffset(KafkaTopicPartition("t", 0), .earliest)])
        let records = try await consume(consumer) { $0.count == Self.hostile.count }
        for (record, sent) in zip(records, Self.hostile) {
            for _ in 0..<2 {
                var lent: [KafkaHeader] = []
                record.forEachHeader { name, value in
                    lent.append(KafkaHeader(String(decoding: name, as: UTF8.self), value.map { [UInt8]($0) }))
                }
                #expect(lent == sent)
            }
            #expect(record.headers == sent)
            #expect(record.headerCount == sent.count)
        }
        await consumer.close()
        await producer.close()
        await cluster.close()
    }

    @Test("a body that throws ends the pass")
    func thrown() async throws {
        struct Enough: Error {}
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster)
        _ = try await producer.send([
            KafkaMessage(
                topic: "t", key: nil, value: "v".bytes, headers: [KafkaHeader("a", "1"), KafkaHeader("b", "2")])
        ])
        let consumer = try consumer(cluster)
        try await consumer.assign([KafkaTopicPartitionOffset(KafkaTopicPartition("t", 0), .earliest)])
        let record = try #require(try await consume(consumer) { !$0.isEmpty }.first)
        var seen = 0
        #expect(throws: Enough.self) {
            try record.forEachHeader { _, _ throws(Enough) in
                seen += 1
                throw Enough()
            }
        }
        #expect(seen == 1)
        await consumer.close()
        await producer.close()
        await cluster.close()
    }
}
