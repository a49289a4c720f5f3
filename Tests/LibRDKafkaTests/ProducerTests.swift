import LibRDKafka
import Testing

@Suite("Producer")
struct ProducerTests {
    @Test("keys, values, nulls and headers arrive as they were sent")
    func roundTrip() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster)
        let messages = [
            KafkaMessage(
                topic: "t", key: "key".bytes, value: "value".bytes,
                headers: [
                    KafkaHeader("a", "1"), KafkaHeader("b", nil), KafkaHeader("a", "2"), KafkaHeader("empty", []),
                ]),
            KafkaMessage(topic: "t", key: nil, value: "no key".bytes),
            KafkaMessage(topic: "t", key: "tombstone".bytes, value: nil),
            KafkaMessage(topic: "t", key: [], value: []),
        ]
        let reports = try await producer.send(messages)
        #expect(reports == (0..<4).map { KafkaDeliveryReport(partition: 0, offset: $0) })

        let consumer = try consumer(cluster)
        try await consumer.subscribe(["t"])
        let records = try await consume(consumer) { $0.count == 4 }
        #expect(records.map(\.key) == messages.map(\.key))
        #expect(records.map(\.value) == messages.map(\.value))
        #expect(records.map(\.headers) == messages.map(\.headers))
        #expect(records.map(\.offset) == [0, 1, 2, 3])
        #expect(records[0].header("a") == "1".bytes)
        #expect(records[0].headerText("a") == "1")
        #expect(records[0].header("b") == nil)
        #expect(records[0].header("empty") == [])
        #expect(records[0].header("c") == nil)
        #expect(records[0].timestampMilliseconds ?? 0 > 0)

        await consumer.close()
        await producer.close()
        // Records outlive their consumer.
        #expect(records[0].value == "value".bytes)
        await cluster.close()
    }
}
