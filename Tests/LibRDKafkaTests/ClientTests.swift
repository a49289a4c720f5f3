import LibRDKafka
import Testing

@Suite("Clients")
struct ClientTests {
    @Test(
        "a bad property is named, with why",
        arguments: [("no.such.thing", "1"), ("acks", "many"), ("linger.ms", "-5"), ("socket.timeout.ms", "soon")])
    func badProperty(_ name: String, _ value: String) {
        var configuration = KafkaProducerConfiguration(bootstrapServers: "127.0.0.1:1")
        configuration.properties[name] = value
        let error = #expect(throws: KafkaError.self) { try KafkaProducer(configuration) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(name) == true)
    }

    @Test("settings that contradict each other are an error, not a crash")
    func contradiction() {
        var configuration = KafkaProducerConfiguration(bootstrapServers: "127.0.0.1:1")
        configuration.properties["acks"] = "1"
        let error = #expect(throws: KafkaError.self) { try KafkaProducer(configuration) }
        #expect(error?.message.contains("acks") == true)
        let group = KafkaConsumerConfiguration(bootstrapServers: "127.0.0.1:1", groupID: "")
        #expect(throws: KafkaError.self) { try KafkaConsumer(group) }
    }

    @Test("all typed settings are accepted")
    func allSettings() async throws {
        var configuration = KafkaProducerConfiguration(bootstrapServers: "127.0.0.1:1")
        configuration.batchBytes = 100_000
        configuration.batchMessages = 10
        configuration.statisticsInterval = .seconds(1)
        for compression in KafkaCompression.allCases {
            configuration.compression = compression
            await (try KafkaProducer(configuration)).close()
        }
        for partitioner in KafkaPartitioner.allCases {
            configuration.partitioner = partitioner
            await (try KafkaProducer(configuration)).close()
        }
        configuration.enableIdempotence = false
        for acknowledgements in KafkaAcknowledgements.allCases {
            configuration.acknowledgements = acknowledgements
            await (try KafkaProducer(configuration)).close()
        }
        var group = KafkaConsumerConfiguration(bootstrapServers: "127.0.0.1:1", groupID: "g")
        group.groupInstanceID = "i"
        group.sessionTimeout = .seconds(10)
        group.maximumPollInterval = .seconds(60)
        group.reportsEndOfPartition = true
        group.statisticsInterval = .seconds(1)
        for strategy in KafkaAssignmentStrategy.allCases {
            for reset in KafkaAutoOffsetReset.allCases {
                group.assignmentStrategy = strategy
                group.autoOffsetReset = reset
                await (try KafkaConsumer(group)).close()
            }
        }
    }

    @Test("the default settings give librdkafka no reason to warn")
    func defaults() async throws {
        let log = Collected<KafkaLogLine>()
        let cluster = try mockCluster(topic: "t")
        let producer = try producer(cluster) { $0.log = { log.append($0) } }
        let consumer = try consumer(cluster) { $0.log = { log.append($0) } }
        let admin = try KafkaAdmin(bootstrapServers: cluster.bootstrapServers, log: { log.append($0) })
        _ = try await producer.send([KafkaMessage(topic: "t")])
        _ = try await admin.metadata()
        await consumer.close()
        await producer.close()
        await admin.close()
        // librdkafka calls the gapless guarantee experimental, each time it is asked for.
        let warnings = log.all.filter { $0.facility == "CONFWARN" }
        #expect(warnings.count == 1 && warnings.allSatisfy { $0.message.contains("enable.gapless.guarantee") })
        await cluster.close()
    }

    @Test("log lines, errors and statistics come out")
    func observers() async throws {
        let log = Collected<KafkaLogLine>()
        let errors = Collected<KafkaError>()
        let statistics = Collected<KafkaStatistics>()
        var configuration = KafkaProducerConfiguration(bootstrapServers: "127.0.0.1:1")
        configuration.statisticsInterval = .milliseconds(20)
        configuration.log = { log.append($0) }
        configuration.errors = { errors.append($0) }
        configuration.statistics = { statistics.append($0) }
        let producer = try KafkaProducer(configuration)
        try await eventually {
            !statistics.all.isEmpty && errors.all.contains { $0.code == .allBrokersDown }
                && log.all.contains { $0.facility == "FAIL" && $0.level <= .error }
        }
        let json = String(decoding: statistics.all[0].json, as: UTF8.self)
        #expect(json.hasPrefix("{") && json.hasSuffix("}") && json.contains("\"msg_cnt\""))
        let error = await #expect(throws: KafkaError.self) {
            try await producer.metadata(topics: nil, timeout: .milliseconds(50))
        }
        #expect(error?.isRetriable == true)
        await producer.close()
    }

    @Test("an admin call that the cluster does not answer ends with its time-out")
    func adminTimeOut() async throws {
        // The mock cluster has no controller to ask.
        let cluster = try mockCluster(topic: "t")
        let admin = try KafkaAdmin(bootstrapServers: cluster.bootstrapServers)
        let error = await #expect(throws: KafkaError.self) {
            try await admin.createTopics([KafkaNewTopic("u", partitions: 1)], timeout: .milliseconds(50))
        }
        #expect(error?.code == .timedOut)
        #expect(try await admin.metadata(topics: ["t"]).topic("t")?.partitions.count == 4)
        #expect(try await admin.createTopics([]) == [])
        await admin.close()
        let closed = await #expect(throws: KafkaError.self) { try await admin.metadata() }
        #expect(closed?.code == .closed)
        await cluster.close()
    }

    @Test("errors say what they are")
    func errors() {
        let error = KafkaError(.messageSizeTooLarge)
        #expect(error.name == "MSG_SIZE_TOO_LARGE")
        #expect(error.description.hasPrefix("MSG_SIZE_TOO_LARGE: "))
        #expect(!error.isRetriable)
        #expect(KafkaError(.transport).isRetriable)
        #expect(!KafkaError(.transport, isFatal: true).isRetriable)
        #expect(KafkaError.Code(rawValue: 12345).description.isEmpty == false)
    }
}
