import LibPQ
import LibRDKafka
import Servers
import Workforce

/// Every message is delivered once more, and nothing changes.
struct Redelivery {
    let system: DemoSystem
    let checklist: Checklist

    func play() async throws {
        Print.heading("Every message is delivered a second time")
        let before = try await system.readModelFingerprint()
        let inbox = try await inboxCount()
        var messages: [KafkaMessage] = []
        for topic in system.topics {
            for record in try await TopicReader.readAll(topic, bootstrapServers: system.broker.bootstrapServers) {
                messages.append(
                    KafkaMessage(
                        topic: topic, partition: record.partition, key: record.key, value: record.value,
                        headers: record.headers))
            }
        }
        let producer = try KafkaProducer(
            KafkaProducerConfiguration(bootstrapServers: system.broker.bootstrapServers))
        let reports = try await producer.send(messages)
        await producer.close()
        checklist.check(
            "\(messages.count) messages were sent again, with the same event ids",
            reports.allSatisfy { $0.error == nil })
        try await system.waitUntilApplied()
        let after = try await system.readModelFingerprint()
        let inboxAfter = try await inboxCount()
        print("   inbox: \(inbox) events before, \(inboxAfter) after")
        checklist.check("read model and cache are what they were, to the byte", before == after && inbox == inboxAfter)
    }

    private func inboxCount() async throws -> Int64 {
        try await system.queryPool.withConnection { connection in
            try await connection.query("SELECT count(*) FROM outbox_inbox").int64(row: 0, column: 0)
        }
    }
}
