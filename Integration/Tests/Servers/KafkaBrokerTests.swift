import LibRDKafka
import Servers
import Testing

@Suite("Kafka broker for tests", .requiresPrivateBroker)
struct KafkaBrokerTests {
    @Test("comes back on the same port after a stop and after a kill")
    func restart() async throws {
        let broker = try await KafkaBroker.start()
        defer { broker.close() }
        let first = try #require(try broker.processID())
        try await list(broker)
        try await broker.stop()
        #expect(try broker.processID() == nil)
        try await broker.start()
        #expect(try broker.processID() != first)
        try await list(broker)
        try broker.kill()
        try await broker.start()
        try await list(broker)
    }

    @Test("three nodes form one cluster, and two go on without the third")
    func threeNodes() async throws {
        let broker = try await KafkaBroker.start(nodes: 3)
        defer { broker.close() }
        #expect(broker.nodes == [1, 2, 3])
        try await broker.createTopic("servers", partitions: 3)
        try broker.kill(node: 1)
        try await list(broker)
    }

    private func list(_ broker: KafkaBroker) async throws {
        let kcat = try ChildProcess("kcat", ["-b", broker.bootstrapServers, "-L", "-m", "30"])
        try await kcat.waitForSuccess(within: .seconds(60))
    }
}

@Suite("Shared Kafka broker")
struct SharedKafkaBrokerTests {
    @Test("takes what is written to a topic made for it, whatever kind of broker it is")
    func produce() async throws {
        let broker = try await KafkaBroker.shared()
        let topic = "servers-\(UInt64.random(in: 0..<(1 << 40)))"
        try await broker.createTopic(topic, partitions: 2)
        let producer = try KafkaProducer(KafkaProducerConfiguration(bootstrapServers: broker.bootstrapServers))
        let reports = try await producer.send([KafkaMessage(topic: topic, key: Array("key".utf8), value: nil)])
        await producer.close()
        #expect(reports.map(\.offset) == [0])
    }
}
