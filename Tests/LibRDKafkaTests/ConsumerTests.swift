import LibRDKafka
import Testing

@Suite("Consumer")
struct ConsumerTests {
    private let partition = KafkaTopicPartition("t", 0)

    /// A cluster whose topic `t` holds 100 records in its one partition.
    private func filledCluster() async throws -> KafkaMockCluster {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster)
        let reports = try await producer.send(
            (0..<100).map { KafkaMessage(topic: "t", key: "\($0)".bytes, value: "v\($0)".bytes) })
        #expect(reports.allSatisfy { $0.error == nil })
        await producer.close()
        return cluster
    }

    @Test("reads from where it is told, no more than asked for")
    func assign() async throws {
        let cluster = try await filledCluster()
        let consumer = try consumer(cluster)
        try await consumer.assign([KafkaTopicPartitionOffset(partition, .offset(90))])
        #expect(try await consumer.assignment() == [partition])
        var offsets: [Int64] = []
        while offsets.count < 10 {
            for case .messages(partition, let records) in try await consumer.poll(
                maximumMessages: 3, timeout: .seconds(30))
            {
                #expect(records.count <= 3)
                offsets += records.map(\.offset)
            }
        }
        #expect(offsets == Array(90..<100))
        #expect(try await consumer.position([partition]) == [KafkaTopicPartitionOffset(partition, .offset(100))])
        #expect(try await consumer.watermarks(of: partition) == KafkaWatermarks(low: 0, high: 100))
        await consumer.close()
        await cluster.close()
    }

    @Test("seeks, pauses and resumes")
    func seekAndPause() async throws {
        let cluster = try await filledCluster()
        let consumer = try consumer(cluster)
        try await consumer.assign([KafkaTopicPartitionOffset(partition, .earliest)])
        _ = try await consume(consumer) { $0.count == 100 }
        try await consumer.seek([KafkaTopicPartitionOffset(partition, .offset(50))])
        var records = try await consume(consumer) { $0.count == 50 }
        #expect(records.map(\.offset) == Array(50..<100))
        try await consumer.pause([partition])
        try await consumer.seek([KafkaTopicPartitionOffset(partition, .offset(98))])
        #expect(try await consumer.poll(timeout: .milliseconds(300)).isEmpty)
        try await consumer.resume([partition])
        records = try await consume(consumer) { $0.count == 2 }
        #expect(records.map(\.offset) == [98, 99])
        let error = await #expect(throws: KafkaError.self) {
            try await consumer.seek([KafkaTopicPartitionOffset(KafkaTopicPartition("t", 7), .earliest)])
        }
        #expect(error?.message.contains("t[7]") == true)
        await consumer.close()
        await cluster.close()
    }

    @Test("commits and reads back what was committed")
    func commit() async throws {
        let cluster = try await filledCluster()
        let consumer = try consumer(cluster)
        #expect(try await consumer.committed([partition]) == [KafkaTopicPartitionOffset(partition, .stored)])
        try await consumer.commit([KafkaTopicPartitionOffset(partition, .offset(42))])
        #expect(try await consumer.committed([partition]) == [KafkaTopicPartitionOffset(partition, .offset(42))])
        try await consumer.assign([KafkaTopicPartitionOffset(partition, .stored)])
        #expect(try await consume(consumer) { !$0.isEmpty }.first?.offset == 42)
        cluster.fail(.offsetCommit, with: [.topicAuthorizationFailed])
        let error = await #expect(throws: KafkaError.self) {
            try await consumer.commit([KafkaTopicPartitionOffset(partition, .offset(43))])
        }
        #expect(error?.code == .topicAuthorizationFailed)
        try await consumer.commit([])
        await consumer.close()
        await cluster.close()
    }

    @Test("the end of a partition is reported when asked for")
    func endOfPartition() async throws {
        let cluster = try await filledCluster()
        let consumer = try consumer(cluster) { $0.reportsEndOfPartition = true }
        try await consumer.assign([KafkaTopicPartitionOffset(partition, .offset(95))])
        var seen: [String] = []
        while seen.last != "end" {
            for event in try await consumer.poll(timeout: .seconds(30)) {
                switch event {
                case .messages(_, let records): seen += records.map { "\($0.offset)" }
                case .endOfPartition(let partition): seen.append(partition == self.partition ? "end" : "other")
                default: break
                }
            }
        }
        #expect(seen == ["95", "96", "97", "98", "99", "end"])
        await consumer.close()
        await cluster.close()
    }

    @Test("a topic's trouble is an error event")
    func topicError() async throws {
        let cluster = try mockCluster(topic: "t")
        cluster.setError(.topicAuthorizationFailed, ofTopic: "t")
        let consumer = try consumer(cluster)
        try await consumer.subscribe(["t"])
        try await eventually {
            try await consumer.poll(timeout: .seconds(30)).contains { event in
                if case .error(let error) = event { return error.code == .topicAuthorizationFailed }
                return false
            }
        }
        await consumer.close()
        await cluster.close()
    }

    @Test("a poll ends when its task is cancelled, also before it has begun")
    func cancelPoll() async throws {
        let cluster = try mockCluster(topic: "t")
        let consumer = try consumer(cluster)
        let poll = Task {
            while true {
                do {
                    return try await consumer.poll(timeout: .seconds(600)).count
                } catch let error as KafkaError where error.code == .state {
                    // One of the polls below was under way.
                }
            }
        }
        try await eventually {
            do {
                _ = try await consumer.poll(timeout: .zero)
                return false
            } catch let error as KafkaError {
                return error.code == .state
            }
        }
        poll.cancel()
        #expect(try await poll.value == 0)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await consumer.poll(timeout: .seconds(600)).count
        }
        #expect(try await late.value == 0)
        #expect(try await consumer.poll(timeout: .milliseconds(1)).isEmpty)
        await consumer.close()
        await cluster.close()
    }

    @Test("calls go through while a poll waits, and closing ends it")
    func closeWhilePolling() async throws {
        let cluster = try await filledCluster()
        let consumer = try consumer(cluster)
        let poll = Task { try await consumer.poll(timeout: .seconds(600)) }
        try await consumer.commit([KafkaTopicPartitionOffset(partition, .offset(1))])
        await consumer.close()
        await consumer.close()
        switch await poll.result {
        case .success(let events): #expect(events.isEmpty)
        case .failure(let error): #expect((error as? KafkaError)?.code == .closed)
        }
        let error = await #expect(throws: KafkaError.self) { try await consumer.poll(timeout: .seconds(1)) }
        #expect(error?.code == .closed)
        await #expect(throws: KafkaError.self) { try await consumer.subscribe(["t"]) }
        await cluster.close()
    }

    @Test(
        "a rebalance waits for the answer, and closing answers what is still open",
        arguments: [KafkaAssignmentStrategy.cooperativeSticky, .range])
    func closeWithOpenRebalance(_ strategy: KafkaAssignmentStrategy) async throws {
        let cluster = try await filledCluster()
        let first = try consumer(cluster) { $0.assignmentStrategy = strategy }
        try await first.subscribe(["t"])
        var assigned: [KafkaTopicPartition] = []
        try await eventually {
            for case .assigned(let partitions) in try await first.poll(timeout: .seconds(5)) { assigned = partitions }
            return !assigned.isEmpty
        }
        #expect(assigned == [partition])
        #expect(try await first.poll(timeout: .milliseconds(200)).isEmpty)
        await first.close()
        await cluster.close()
    }

    @Test(
        "a member that was never assigned anything can be closed",
        arguments: [KafkaAssignmentStrategy.cooperativeSticky, .range])
    func closeBeforeAssignment(_ strategy: KafkaAssignmentStrategy) async throws {
        let cluster = try await filledCluster()
        cluster.fail(.syncGroup, with: Array(repeating: .rebalanceInProgress, count: 10_000))
        let (lines, log) = AsyncStream<String>.makeStream()
        var configuration = KafkaConsumerConfiguration(
            bootstrapServers: cluster.bootstrapServers, groupID: "group", properties: ["debug": "cgrp"],
            log: { log.yield($0.message) })
        configuration.assignmentStrategy = strategy
        let consumer = try KafkaConsumer(configuration)
        try await consumer.subscribe(["t"])
        // It has joined, so its strategy is chosen, and has nothing.
        for await line in lines where line.contains("SyncGroup error") { break }
        await consumer.close()
        await cluster.close()
    }

    @Test("closing does not wait for a cluster that is gone")
    func closeWithoutCluster() async throws {
        let cluster = try await filledCluster()
        let consumer = try consumer(cluster)
        try await consumer.subscribe(["t"])
        _ = try await consume(consumer) { !$0.isEmpty }
        try cluster.setBroker(1, isUp: false)
        let start = ContinuousClock.now
        await consumer.close()
        #expect(ContinuousClock.now - start < .seconds(60))
        await cluster.close()
    }
}
