import Foundation
import LibRDKafka
import Outbox
import Servers

/// Topics full of events, as a dispatcher would have published them.
struct FullTopics {
    static let eventType = "document.updated"
    static let partitions: Int32 = 4

    let names: [String]
    let partitionCount: Int

    static func fill(events: Int, payload: Int, aggregates: Int) async throws -> FullTopics {
        let broker = try await KafkaBroker.shared()
        let prefix = "consume\(UUID().uuidString.prefix(8))"
        let names = FullOutbox.types.map { "\(prefix).\($0)" }
        for name in names { try await broker.createTopic(name, partitions: partitions) }
        let producer = try KafkaProducer(KafkaProducerConfiguration(bootstrapServers: broker.bootstrapServers))
        do {
            for start in stride(from: 0, to: events, by: 10_000) {
                let messages = (start..<min(start + 10_000, events)).map { index in
                    message(index, payload: payload, aggregate: index % aggregates, topics: names)
                }
                for report in try await producer.send(messages) {
                    if let error = report.error { throw error }
                }
            }
        } catch {
            await producer.close()
            throw error
        }
        await producer.close()
        return FullTopics(names: names, partitionCount: names.count * Int(partitions))
    }

    private static func message(_ index: Int, payload: Int, aggregate: Int, topics: [String]) -> KafkaMessage {
        let type = aggregate % topics.count
        let start = #"{"tenantId":"t1","occurredAt":"2026-01-01T00:00:00.000000Z","n":\#(index),"x":""#
        let padding = String(repeating: "x", count: max(0, payload - start.utf8.count - 2))
        return KafkaMessage(
            topic: topics[type], key: Array("A\(aggregate)".utf8), value: Array("\(start)\(padding)\"}".utf8),
            headers: [
                KafkaHeader("event_id", UUIDv7.next().uuidString.lowercased()), KafkaHeader("event_type", eventType),
                KafkaHeader("aggregate_type", FullOutbox.types[type]), KafkaHeader("aggregate_id", "A\(aggregate)"),
                KafkaHeader("sequence", "\(index + 1)"), KafkaHeader("occurred_at", "2026-01-01T00:00:00.000000Z"),
                KafkaHeader("tenant_id", "t1"),
            ])
    }
}
