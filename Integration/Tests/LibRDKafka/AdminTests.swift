import LibRDKafka
import Servers
import Testing

@Suite("Admin client", .requiresBroker)
struct AdminTests {
    @Test("creates, describes, changes, grows and deletes topics")
    func topics() async throws {
        let fixture = try await KafkaTopicFixture()
        let admin = try fixture.admin()
        let name = "\(fixture.name)-admin"
        let results = try await admin.createTopics([
            KafkaNewTopic(name, partitions: 2, settings: ["max.message.bytes": "2000", "cleanup.policy": "compact"]),
            KafkaNewTopic("not allowed!", partitions: 1),
            KafkaNewTopic(fixture.name, partitions: 1),
            KafkaNewTopic("\(name)-2", partitions: 1, replicationFactor: 99),
            KafkaNewTopic("\(name)-3", partitions: 1, settings: ["no.such.setting": "1"]),
        ])
        #expect(results.map(\.topic) == [name, "not allowed!", fixture.name, "\(name)-2", "\(name)-3"])
        #expect(
            results.map(\.error?.code) == [
                nil, .invalidTopic, .topicAlreadyExists, .invalidReplicationFactor, .invalidConfiguration,
            ])
        try await eventually(within: .seconds(60), "the new topic is known") {
            try await admin.metadata(topics: [name]).topic(name)?.partitions.count == 2
        }
        #expect(try await admin.metadata().topic(name) != nil)

        let names = ["max.message.bytes", "cleanup.policy", "retention.ms"]
        func settings() async throws -> [String?] {
            let all = try await admin.describeTopicConfigs([name, "\(name)-missing"])
            #expect(all.keys.sorted() == [name])
            return names.map { all[name]?[$0] }
        }
        #expect(try await settings() == ["2000", "compact", "604800000"])
        try await admin.alterTopicConfig(name, ["retention.ms": "1000", "cleanup.policy": nil])
        try await eventually(within: .seconds(60), "the settings are changed") {
            try await settings() == ["2000", "delete", "1000"]
        }
        await #expect(throws: KafkaError.self) {
            try await admin.alterTopicConfig(name, ["retention.ms": "for ever"])
        }
        await #expect(throws: KafkaError.self) {
            try await admin.alterTopicConfig("\(name)-missing", ["retention.ms": "1000"])
        }

        try await admin.createPartitions(topic: name, total: 3)
        await #expect(throws: KafkaError.self) { try await admin.createPartitions(topic: name, total: 1) }
        try await eventually(within: .seconds(60), "the topic has grown") {
            try await admin.metadata(topics: [name]).topic(name)?.partitions.count == 3
        }
        let deleted = try await admin.deleteTopics([name, "\(name)-missing"])
        #expect(deleted.map(\.error?.code) == [nil, .unknownTopicOrPartition])
        try await eventually(within: .seconds(60), "the topic is gone") {
            try await admin.metadata(topics: [name]).topic(name)?.error?.code == .unknownTopicOrPartition
        }
        let broker = try #require(try await admin.metadata().brokers.first)
        #expect(try await admin.describeBrokerConfigs(broker.id)["message.max.bytes"] != nil)
        await admin.close()
    }

    @Test("reads and sets offsets")
    func offsets() async throws {
        let topic = try await KafkaTopicFixture(partitions: 2)
        try await topic.fill(5)
        let admin = try topic.admin()
        let (even, odd) = (topic.partitions[0], topic.partitions[1])
        #expect(try await admin.listOffsets(topic.partitions, at: .earliest) == [even: 0, odd: 0])
        #expect(try await admin.listOffsets(topic.partitions, at: .latest) == [even: 3, odd: 2])
        let record = try #require(try await topic.read()[0].first)
        let time = try #require(record.timestampMilliseconds)
        #expect(try await admin.listOffsets([even], at: .timestamp(milliseconds: time)) == [even: 0])
        let future = KafkaOffsetQuery.timestamp(milliseconds: time + 1_000_000)
        #expect(try await admin.listOffsets([even], at: future) == [:])
        let missing = KafkaTopicPartition(topic.name, 9)
        let error = await #expect(throws: KafkaError.self) {
            try await admin.listOffsets([missing], at: .latest)
        }
        #expect(error?.message.contains("\(missing)") == true)

        let group = "group-\(topic.name)"
        // A new broker makes the groups' own topic first.
        let none = try await admin.committedOffsets(group: group, topic.partitions, timeout: .seconds(60))
        #expect(none == [:])
        try await admin.alterCommittedOffsets(group: group, [odd: 1], timeout: .seconds(60))
        #expect(try await admin.committedOffsets(group: group, topic.partitions) == [odd: 1])
        await admin.close()
    }

    @Test("neither a producer, an admin client nor a consumer creates a topic", .requiresPrivateBroker)
    func noAutomaticTopics() async throws {
        let broker = try await KafkaBroker.start(options: ["auto.create.topics.enable": "true"])
        defer { broker.close() }
        let servers = broker.bootstrapServers
        let admin = try KafkaAdmin(bootstrapServers: servers)
        let producer = try KafkaProducer(
            KafkaProducerConfiguration(
                bootstrapServers: servers, properties: ["topic.metadata.propagation.max.ms": "0"]))
        let consumer = try KafkaConsumer(KafkaConsumerConfiguration(bootstrapServers: servers, groupID: "g"))
        let known = try await admin.metadata(topics: ["a"], timeout: .seconds(30)).topic("a")
        #expect(known?.error?.code == .unknownTopicOrPartition)
        let seen = try await producer.metadata(topics: ["p"], timeout: .seconds(30)).topic("p")
        #expect(seen?.error?.code == .unknownTopicOrPartition)
        let reports = try await producer.send([KafkaMessage(topic: "p", value: [1])])
        #expect([.unknownTopic, .unknownTopicOrPartition].contains(reports[0].error?.code))
        try await consumer.subscribe(["c"])
        try await eventually(within: .seconds(60), "the consumer is told") {
            try await consumer.poll(timeout: .seconds(1)).contains {
                if case .error(let error) = $0 { error.code == .unknownTopicOrPartition } else { false }
            }
        }
        let names = try await admin.metadata().topics.map(\.name)
        #expect(names.filter { !$0.hasPrefix("__") } == [])
        await consumer.close()
        await producer.close()
        await admin.close()
    }
}
