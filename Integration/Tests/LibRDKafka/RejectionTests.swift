import LibRDKafka
import Servers
import Testing

@Suite("Records that the broker rejects", .requiresBroker)
struct RejectionTests {
    private static let limits = ["max.message.bytes": "1000"]
    private let small = [UInt8](repeating: 1, count: 10)
    private let large = [UInt8](repeating: 2, count: 5000)

    @Test("nothing behind a rejected record reaches its partition; the producer is dead and all reports come")
    func gapless() async throws {
        let topic = try await KafkaTopicFixture(partitions: 2, settings: Self.limits)
        let producer = try topic.producer {
            $0.linger = .zero
            $0.batchMessages = 1
        }
        let handle = try producer.topic(topic.name)
        let batch = producer.makeBatch(capacity: 200)
        var queued = 0
        for index in 0..<100 {
            let value = index == 20 ? large : small
            let isQueued = value.withUnsafeBytes { value in
                if case .queued = batch.send(handle, partition: 0, key: nil, value: value, headers: KafkaHeaders()) {
                    return true
                }
                return false
            }
            if isQueued { queued += 1 }
        }
        let reports = await batch.reports()
        #expect(queued > 20)
        #expect(reports.firstFailure == 20)
        #expect(reports.code(at: 20) == .messageSizeTooLarge)
        #expect((21..<reports.count).allSatisfy { !reports.isAcknowledged(at: $0) })
        try await eventually(within: .seconds(60), "the producer knows that it is dead") {
            producer.fatalError != nil
        }
        await producer.close()
        let stored = try await topic.read()
        #expect(stored[0].map(\.offset) == Array(0..<20))
        #expect(stored[1].isEmpty)

        // A new producer goes on where the old one had to stop.
        let next = try topic.producer()
        let sent = try await next.send([KafkaMessage(topic: topic.name, partition: 0, value: small)])
        #expect(sent == [KafkaDeliveryReport(partition: 0, offset: 20)])
        await next.close()
    }

    @Test("a batch over the topic's limit is rejected whole; with a smaller batch size all its records pass")
    func batchSize() async throws {
        let topic = try await KafkaTopicFixture(settings: Self.limits)
        let messages = (0..<100).map { _ in
            KafkaMessage(topic: topic.name, value: [UInt8](repeating: 3, count: 100))
        }
        // Long enough for all of them to be queued before the first batch goes.
        let careless = try topic.producer { $0.linger = .seconds(2) }
        let rejected = try await careless.send(messages)
        #expect(rejected[0].error?.code == .messageSizeTooLarge)
        await careless.close()
        #expect(try await topic.read()[0].isEmpty)

        let admin = try topic.admin()
        let limit = try await admin.describeTopicConfigs([topic.name])[topic.name]?["max.message.bytes"]
        #expect(limit == "1000")
        await admin.close()
        let careful = try topic.producer {
            $0.linger = .milliseconds(200)
            $0.batchBytes = 1000
        }
        let accepted = try await careful.send(messages)
        #expect(accepted.allSatisfy { $0.error == nil })
        #expect(careful.fatalError == nil)
        await careful.close()
    }

    @Test("without the gapless guarantee the rejected record is overtaken")
    func overtaken() async throws {
        let topic = try await KafkaTopicFixture(settings: Self.limits)
        let producer = try topic.producer {
            $0.linger = .zero
            $0.batchMessages = 1
            $0.gaplessGuarantee = false
        }
        let reports = try await producer.send(
            [small, large, small].map { KafkaMessage(topic: topic.name, value: $0) })
        #expect(reports[0].error == nil)
        #expect(reports[1].error?.code == .messageSizeTooLarge)
        #expect(reports[2].error == nil)
        #expect(producer.fatalError == nil)
        await producer.close()
    }

    @Test("a compacted topic refuses a record without a key")
    func compacted() async throws {
        let topic = try await KafkaTopicFixture(settings: ["cleanup.policy": "compact"])
        let producer = try topic.producer { $0.batchMessages = 1 }
        let reports = try await producer.send([
            KafkaMessage(topic: topic.name, key: [1], value: nil), KafkaMessage(topic: topic.name, value: small),
        ])
        #expect(reports[0].error == nil)
        #expect(reports[1].error?.code == .invalidRecord)
        await producer.close()
    }
}
