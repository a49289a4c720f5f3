import Foundation
public import LibRDKafka

/// Reads topics from their beginning to their end, as it is when the reading begins.
public enum TopicReader {
    /// - Returns: all records, partition by partition, in order; none when the topic doesn't exist.
    /// - Throws: `KafkaError`, or ``ServerError`` when the end is not reached within two minutes.
    public static func readAll(_ topic: String, bootstrapServers: String) async throws -> [KafkaRecord] {
        let consumer = try KafkaConsumer(
            KafkaConsumerConfiguration(
                bootstrapServers: bootstrapServers, groupID: "reader-\(UUID().uuidString)"))
        do {
            let records = try await readAll(topic, consumer)
            await consumer.close()
            return records
        } catch {
            await consumer.close()
            throw error
        }
    }

    private static func readAll(_ topic: String, _ consumer: KafkaConsumer) async throws -> [KafkaRecord] {
        let metadata = try await consumer.metadata(topics: [topic], timeout: .seconds(30))
        let partitions = (metadata.topic(topic)?.partitions ?? []).map { KafkaTopicPartition(topic, $0.id) }
        var ends: [KafkaTopicPartition: Int64] = [:]
        for partition in partitions {
            let watermarks = try await consumer.watermarks(of: partition, timeout: .seconds(30))
            if watermarks.high > watermarks.low { ends[partition] = watermarks.high }
        }
        try await consumer.assign(ends.keys.map { KafkaTopicPartitionOffset($0, .earliest) })
        var records: [KafkaRecord] = []
        let deadline = ContinuousClock.now + .seconds(120)
        while !ends.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw ServerError(.timedOut, "the end of \(topic) was not reached within two minutes")
            }
            for event in try await consumer.poll(timeout: .milliseconds(200)) {
                guard case .messages(let partition, let batch) = event else { continue }
                records += batch
                if let last = batch.last, let end = ends[partition], last.offset >= end - 1 { ends[partition] = nil }
            }
        }
        return records.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }
}
