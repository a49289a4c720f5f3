import Foundation
import LibRDKafka
import Servers

/// Reads all topics whose names begin alike, from their beginning to their end.
enum TopicLog {
    /// - Parameter body: gets every record, each partition's in order.
    static func readAll(_ bootstrapServers: String, prefix: String, _ body: (TopicRecord) -> Void) async throws {
        let consumer = try KafkaConsumer(
            KafkaConsumerConfiguration(bootstrapServers: bootstrapServers, groupID: "checker-\(UUID().uuidString)"))
        do {
            try await readAll(consumer, prefix: prefix, body)
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }

    private static func readAll(
        _ consumer: KafkaConsumer, prefix: String, _ body: (TopicRecord) -> Void
    ) async throws {
        let topics = try await consumer.metadata(topics: nil, timeout: .seconds(60)).topics
        var ends: [KafkaTopicPartition: Int64] = [:]
        for topic in topics where topic.name.hasPrefix(prefix) {
            for partition in topic.partitions.map({ KafkaTopicPartition(topic.name, $0.id) }) {
                let watermarks = try await consumer.watermarks(of: partition, timeout: .seconds(60))
                if watermarks.high > watermarks.low { ends[partition] = watermarks.high }
            }
        }
        try await consumer.assign(ends.keys.map { KafkaTopicPartitionOffset($0, .earliest) })
        var deadline = ContinuousClock.now + .seconds(60)
        while !ends.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw ServerError(.timedOut, "the topics' ends were not reached: \(ends) are missing")
            }
            for event in try await consumer.poll(timeout: .milliseconds(200)) {
                guard case .messages(let partition, let batch) = event else { continue }
                deadline = ContinuousClock.now + .seconds(60)
                for record in batch { body(TopicRecord(record)) }
                if let last = batch.last, let end = ends[partition], last.offset >= end - 1 { ends[partition] = nil }
            }
        }
    }
}

extension TopicRecord {
    init(_ record: KafkaRecord) {
        let type = record.headerText("aggregate_type"), id = record.headerText("aggregate_id")
        self.init(
            topic: record.topic, partition: record.partition, offset: record.offset,
            key: record.key.map { String(decoding: $0, as: UTF8.self) },
            eventID: record.headerText("event_id").flatMap { UUID(uuidString: $0) },
            payloadID: record.withValue { Self.payloadID($0) },
            aggregate: type.flatMap { type in id.map { AggregateKey(type: type, id: $0) } },
            appendedAt: Double(record.timestampMilliseconds ?? 0))
    }

    private static let marker = Array(#""id": ""#.utf8)

    /// The id that a writer wrote into a payload; found without decoding, as there may be a million of them.
    static func payloadID(_ bytes: UnsafeRawBufferPointer?) -> UUID? {
        guard let bytes, let range = bytes.firstRange(of: marker), range.upperBound + 36 <= bytes.count else {
            return nil
        }
        return UUID(uuidString: String(decoding: bytes[range.upperBound..<range.upperBound + 36], as: UTF8.self))
    }
}
