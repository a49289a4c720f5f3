import LibRDKafka
import Servers
import Testing

@Suite("Broker trouble", .requiresPrivateBroker)
struct OutageTests {
    @Test("a broker's death and return lose, double and reorder nothing, and nobody has to start again")
    func restart() async throws {
        let broker = try await KafkaBroker.start()
        defer { broker.close() }
        try await broker.createTopic("t", partitions: 1)
        let producer = try KafkaProducer(KafkaProducerConfiguration(bootstrapServers: broker.bootstrapServers))
        let consumer = try KafkaConsumer(
            KafkaConsumerConfiguration(bootstrapServers: broker.bootstrapServers, groupID: "g"))
        let partition = KafkaTopicPartition("t", 0)
        try await consumer.assign([KafkaTopicPartitionOffset(partition, .earliest)])
        let handle = try producer.topic("t")
        var batches: [KafkaProducerBatch] = []
        func send(_ numbers: Range<Int>) async throws {
            let batch = producer.makeBatch(capacity: numbers.count)
            for number in numbers {
                let result = Array("\(number)".utf8).withUnsafeBytes {
                    batch.send(handle, key: nil, value: $0, headers: KafkaHeaders())
                }
                guard case .queued = result else {
                    Issue.record("\(result)")
                    return
                }
            }
            batches.append(batch)
        }
        try await send(0..<1000)
        #expect(await batches[0].reports().allAcknowledged)
        try await send(1000..<3000)
        try broker.kill()
        try await send(3000..<5000)
        try await broker.start()
        try await send(5000..<6000)
        for batch in batches { #expect(await batch.reports().allAcknowledged) }
        #expect(producer.fatalError == nil)

        var values: [String] = []
        try await eventually(within: .seconds(120), "everything is read") {
            for case .messages(_, let records) in try await consumer.poll(timeout: .seconds(1)) {
                values += records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
            }
            return values.count >= 6000
        }
        #expect(values == (0..<6000).map { "\($0)" })
        try await consumer.commit([KafkaTopicPartitionOffset(partition, .offset(6000))])
        await consumer.close()
        await producer.close()
    }
}
