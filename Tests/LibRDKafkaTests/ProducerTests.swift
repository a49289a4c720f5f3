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
        try await consumer.assign([KafkaTopicPartitionOffset(KafkaTopicPartition("t", 0), .earliest)])
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

    @Test("headers with static names and raw bytes go out as given")
    func rawHeaders() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster)
        let batch = producer.makeBatch(capacity: 1)
        var headers = KafkaHeaders(capacity: 4)
        headers.add("event_id", "0199")
        [0, 255].withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in headers.add("raw", bytes) }
        headers.add("null", nil as UnsafeRawBufferPointer?)
        let topic = try producer.topic("t")
        #expect(batch.send(topic, key: nil, value: nil, headers: headers).isQueued)
        #expect(await batch.reports().allAcknowledged)
        let consumer = try consumer(cluster)
        try await consumer.assign([KafkaTopicPartitionOffset(KafkaTopicPartition("t", 0), .earliest)])
        let record = try #require(try await consume(consumer) { $0.count == 1 }.first)
        let raw = [0, 255].withUnsafeBytes { Array($0) }
        #expect(record.headers == [KafkaHeader("event_id", "0199"), KafkaHeader("raw", raw), KafkaHeader("null", nil)])
        #expect(record.headerCount == 3)
        await consumer.close()
        await producer.close()
        await cluster.close()
    }

    @Test("a batch of many records is awaited once and keeps their order")
    func largeBatch() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster)
        let topic = try producer.topic("t")
        #expect(try producer.topic("t") === topic)
        let batch = producer.makeBatch(capacity: 5000)
        for index in 0..<5000 {
            #expect("\(index)".bytes.withUnsafeBytes { batch.send(topic, key: $0, value: $0) }.isQueued)
        }
        let reports = await batch.reports()
        #expect(reports.count == 5000)
        #expect(reports.allAcknowledged)
        #expect(reports.firstFailure == nil)
        #expect((0..<5000).allSatisfy { reports[$0].offset == Int64($0) && reports.isAcknowledged(at: $0) })
        // Asked again, it answers again.
        #expect(await batch.reports().allAcknowledged)
        #expect(producer.outstanding == 0)
        await producer.close()
        await cluster.close()
    }

    @Test("an empty batch has its reports at once")
    func emptyBatch() async throws {
        let cluster = try mockCluster(topic: "t")
        let producer = try producer(cluster)
        let reports = await producer.makeBatch(capacity: 0).reports()
        #expect(reports.count == 0)
        #expect(reports.allAcknowledged)
        await producer.close()
        await cluster.close()
    }

    @Test("a full queue answers at once, and space is awaited")
    func backPressure() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster) { $0.queueMessages = 10 }
        let topic = try producer.topic("t")
        let batch = producer.makeBatch(capacity: 200)
        var waits = 0
        for index in 0..<200 {
            while case .queueFull = "\(index)".bytes.withUnsafeBytes({ batch.send(topic, key: nil, value: $0) }) {
                waits += 1
                try await producer.waitForSpace()
            }
        }
        #expect(waits > 0)
        let reports = await batch.reports()
        #expect(reports.count == 200)
        #expect(reports.allAcknowledged)
        #expect((0..<200).allSatisfy { reports[$0].offset == Int64($0) })
        await producer.close()
        await cluster.close()
    }

    @Test("a task that waits for space can be cancelled, and ends with the producer")
    func spaceWaitersEnd() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        try cluster.setBroker(1, isUp: false)
        let producer = try producer(cluster) { $0.queueMessages = 1 }
        let topic = try producer.topic("t")
        let batch = producer.makeBatch(capacity: 2)
        #expect(batch.send(topic, key: nil, value: nil).isQueued)
        guard case .queueFull = batch.send(topic, key: nil, value: nil) else {
            Issue.record("the queue takes more than it should")
            return
        }
        let cancelled = Task { try await producer.waitForSpace() }
        let closed = Task { try await producer.waitForSpace() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        await producer.close()
        let error = await #expect(throws: KafkaError.self) { try await closed.value }
        #expect(error?.code == .closed)
        #expect(await batch.reports().code(at: 0) == .purgedInQueue)
        await cluster.close()
    }

    @Test("purging fails what is queued, and the producer goes on")
    func purge() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        try cluster.setBroker(1, isUp: false)
        let producer = try producer(cluster)
        let topic = try producer.topic("t")
        let batch = producer.makeBatch(capacity: 100)
        for _ in 0..<100 { #expect(batch.send(topic, key: nil, value: nil).isQueued) }
        #expect(producer.outstanding >= 100)
        producer.purge()
        let reports = await batch.reports()
        #expect(!reports.allAcknowledged)
        #expect(reports.firstFailure == 0)
        #expect((0..<100).allSatisfy { reports.code(at: $0) == .purgedInQueue })
        try cluster.setBroker(1, isUp: true)
        let sent = try await producer.send([KafkaMessage(topic: "t", value: "after".bytes)])
        #expect(sent == [KafkaDeliveryReport(partition: 0, offset: 0)])
        #expect(producer.fatalError == nil)
        await producer.close()
        await cluster.close()
    }

    @Test("errors that pass are retried, in order")
    func retries() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster) { $0.properties["retry.backoff.ms"] = "10" }
        cluster.fail(
            .produce, with: [.notLeaderForPartition, .transport, .requestTimedOut, .notEnoughReplicas])
        let reports = try await producer.send((0..<10).map { KafkaMessage(topic: "t", value: "\($0)".bytes) })
        #expect(reports.allSatisfy { $0.error == nil })
        #expect(reports.map(\.offset) == reports.map(\.offset).sorted())
        await producer.close()
        await cluster.close()
    }

    @Test("a rejected record kills a gapless producer: all reports come, later sends are refused")
    func gaplessFatal() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let fatal = Collected<KafkaError>()
        let producer = try producer(cluster) {
            $0.fatal = { fatal.append($0) }
            $0.batchMessages = 1
        }
        let topic = try producer.topic("t")
        cluster.fail(.produce, with: [.messageSizeTooLarge])
        let batch = producer.makeBatch(capacity: 100)
        for _ in 0..<100 { _ = batch.send(topic, key: nil, value: "v".bytes) }
        let reports = await batch.reports()
        #expect(reports.code(at: 0) == .messageSizeTooLarge)
        #expect(reports.firstFailure == 0)
        try await eventually { !fatal.all.isEmpty }
        #expect(producer.fatalError?.isFatal == true)
        #expect(producer.fatalError?.code == .gaplessGuarantee)
        #expect(fatal.all == [producer.fatalError])
        let late = producer.makeBatch(capacity: 1)
        guard case .rejected(let error) = late.send(topic, key: nil, value: nil) else {
            Issue.record("a dead producer takes a record")
            return
        }
        #expect(error.isFatal)
        #expect(await late.reports()[0].error == error)
        await #expect(throws: KafkaError.self) { try await producer.waitForSpace() }
        await #expect(throws: KafkaError.self) { _ = try await producer.send([KafkaMessage(topic: "t")]) }
        await producer.close()
        await cluster.close()
    }

    @Test("a record that is too large is refused at once, keeps its index and harms no other")
    func tooLarge() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster) { $0.properties["message.max.bytes"] = "2000" }
        let small = KafkaMessage(topic: "t", value: "v".bytes)
        let large = KafkaMessage(topic: "t", value: [UInt8](repeating: 0, count: 3000))
        let reports = try await producer.send([small, large, small])
        #expect(reports[0].error == nil)
        #expect(reports[1].error?.code == .messageSizeTooLarge)
        #expect(reports[2] == KafkaDeliveryReport(partition: 0, offset: 1))
        #expect(producer.fatalError == nil)
        await producer.close()
        await cluster.close()
    }

    @Test("a handle of another producer, a full batch and a closed producer are refused")
    func refusals() async throws {
        let cluster = try mockCluster(topic: "t")
        let producer = try producer(cluster)
        let other = try LibRDKafkaTests.producer(cluster)
        let foreign = try other.topic("t")
        let batch = producer.makeBatch(capacity: 1)
        #expect(batch.send(foreign, key: nil, value: nil).error?.code == .invalidArgument)
        #expect(batch.count == 1)
        #expect(batch.send(foreign, key: nil, value: nil).error?.message.contains("all the records") == true)
        #expect(batch.count == 1)
        #expect(await batch.reports().code(at: 0) == .invalidArgument)
        #expect(throws: KafkaError.self) { try producer.topic("a\0b") }
        let topic = try producer.topic("t")
        await producer.close()
        await producer.close()
        #expect(producer.makeBatch(capacity: 1).send(topic, key: nil, value: nil).error?.code == .closed)
        #expect(producer.makeBatch(capacity: 1).send(foreign, key: nil, value: nil).error?.code == .closed)
        #expect(throws: KafkaError.self) { try producer.topic("u") }
        await #expect(throws: KafkaError.self) { try await producer.flush(timeout: .seconds(1)) }
        producer.purge()
        #expect(producer.outstanding == 0)
        await other.close()
        await cluster.close()
    }

    @Test("flushing waits for the reports, for so long")
    func flush() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        let producer = try producer(cluster) { $0.linger = .seconds(60) }
        let topic = try producer.topic("t")
        let batch = producer.makeBatch(capacity: 2)
        #expect(batch.send(topic, key: nil, value: nil).isQueued)
        try await producer.flush(timeout: .seconds(30))
        #expect(producer.outstanding == 0)
        try cluster.setBroker(1, isUp: false)
        #expect(batch.send(topic, key: nil, value: nil).isQueued)
        let error = await #expect(throws: KafkaError.self) { try await producer.flush(timeout: .milliseconds(50)) }
        #expect(error?.code == .timedOut)
        await producer.close()
        let reports = await batch.reports()
        #expect(reports.isAcknowledged(at: 0))
        #expect(!reports.isAcknowledged(at: 1))
        await cluster.close()
    }

    @Test("closing in mid-flow ends every wait, whoever sends at the moment")
    func closeWhileSending() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 4)
        let producer = try producer(cluster) { $0.queueMessages = 500 }
        let topic = try producer.topic("t")
        let sent = Collected<Int>()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for sender in 0..<8 {
                group.addTask {
                    var queued = 0
                    while true {
                        let batch = producer.makeBatch(capacity: 100)
                        var isOpen = true
                        for index in 0..<100 where isOpen {
                            switch "\(index)".bytes.withUnsafeBytes({ batch.send(topic, key: $0, value: $0) }) {
                            case .queued: queued += 1
                            case .queueFull: isOpen = (try? await producer.waitForSpace()) != nil
                            case .rejected: isOpen = false
                            }
                        }
                        #expect(await batch.reports().count == batch.count)
                        if queued > 0 { sent.append(sender) }
                        if !isOpen { return queued }
                    }
                }
            }
            try await eventually { sent.all.count > 8 && Set(sent.all).count == 8 }
            await producer.close()
            for try await queued in group { #expect(queued > 0) }
        }
        await cluster.close()
    }

    @Test("a producer and a batch that nobody holds any more end by themselves")
    func dropped() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 1)
        try cluster.setBroker(1, isUp: false)
        let log = Collected<KafkaLogLine>()
        weak var watched: Watched?
        do {
            let witness = Watched()
            watched = witness
            let producer = try producer(cluster) { $0.errors = { _ in withExtendedLifetime(witness) {} } }
            let topic = try producer.topic("t")
            #expect(producer.makeBatch(capacity: 1).send(topic, key: nil, value: nil).isQueued)
        }
        try await eventually { watched == nil }
        #expect(log.all.isEmpty)
        await cluster.close()
    }

    @Test("metadata tells what there is, of few topics, many and all")
    func metadata() async throws {
        let cluster = try mockCluster(topic: "t", partitions: 3)
        cluster.setError(.topicAuthorizationFailed, ofTopic: "secret")
        let producer = try producer(cluster)
        let metadata = try await producer.metadata(topics: ["t", "secret", "a\0b"], timeout: .seconds(30))
        #expect(metadata.brokers.map(\.id) == [1])
        #expect(metadata.topics.map(\.name) == ["t", "secret", "a\0b"])
        #expect(metadata.topic("t")?.partitions.map(\.id) == [0, 1, 2])
        #expect(metadata.topic("t")?.partitions.allSatisfy { $0.leader == 1 && $0.error == nil } == true)
        #expect(metadata.topic("secret")?.error?.code == .topicAuthorizationFailed)
        #expect(metadata.topic("a\0b")?.error?.code == .invalidTopic)
        let all = try await producer.metadata(topics: nil, timeout: .seconds(30))
        #expect(all.topics.map(\.name).contains("t"))
        let many = try await producer.metadata(topics: ["t"] + (0..<20).map { "m\($0)" }, timeout: .seconds(30))
        #expect(many.topics.count == 21)
        #expect(many.topic("t")?.error == nil)
        #expect(many.topic("m7")?.error?.code == .unknownTopicOrPartition)
        await producer.close()
        await cluster.close()
    }
}

private final class Watched: Sendable {}
