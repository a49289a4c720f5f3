import LibPQ
import LibRDKafka
import Servers
import Workforce

extension DemoSystem {
    var topics: [String] { AggregateType.allCases.map { "outbox.event.\($0.rawValue)" } }

    /// The ends of all partitions.
    func ends() async throws -> Int64 {
        let admin = try KafkaAdmin(bootstrapServers: broker.bootstrapServers)
        let consumer = try KafkaConsumer(
            KafkaConsumerConfiguration(bootstrapServers: broker.bootstrapServers, groupID: "demo-ends"))
        var sum: Int64 = 0
        for topic in topics {
            let partitions = try await admin.metadata(topics: [topic]).topic(topic)?.partitions ?? []
            for partition in partitions {
                sum += try await consumer.watermarks(
                    of: KafkaTopicPartition(topic, partition.id), timeout: .seconds(10)
                ).high
            }
        }
        await consumer.close()
        await admin.close()
        return sum
    }

    /// Waits until the consumer has applied all that is on the topics, and its cache is refreshed.
    func waitUntilApplied() async throws {
        let ends = try await ends()
        try await eventually(within: .seconds(90), "the consumer has applied everything") {
            try await queryPool.withConnection { connection in
                let applied = try await connection.query(
                    "SELECT coalesce(sum(next_offset), 0)::int8 FROM outbox_consumer_offsets")
                let stale = try await connection.query(
                    "SELECT FROM outbox_cache_keys WHERE refreshed_version < version LIMIT 1")
                return try applied.int64(row: 0, column: 0) == ends && stale.rowCount == 0
            }
        }
    }

    /// All of the read model and the cache as one text, to see whether anything changed.
    func readModelFingerprint() async throws -> String {
        try await queryPool.withConnection { connection in
            let rows = try await connection.query(
                """
                SELECT md5(concat_ws('|',
                    (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM read_model.positions t),
                    (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM read_model.assignments t),
                    (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM read_model.job_level_versions t),
                    (SELECT string_agg(key || value::text, ',' ORDER BY key) FROM query_cache)))
                """)
            return try rows[0].decode(0, as: String.self)
        }
    }
}
