import Foundation
import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import QueryCache
import Servers

/// How fast one process applies full topics to a read model with inbox and cache, and how fast it finds out that
/// everything delivered again has taken effect already.
struct Consume {
    let events: Int
    let payload: Int
    let aggregates: Int

    func run() async throws -> [Measurement] {
        let topics = try await FullTopics.fill(events: events, payload: payload, aggregates: aggregates)
        let url = try await PostgresServer.shared().createDatabase("consume")
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 1)
        try await pool.withConnection { connection in
            try await IdempotentConsumer.migrations.apply(on: connection)
            try await PostgresQueryCache.migrations.apply(on: connection)
            try await connection.run(script: DocumentProjection.schema)
            // What filling the topics' database left to be written must not be written during the measurement.
            try await connection.run(script: "CHECKPOINT")
        }
        let first = try await deliver(topics, "consume", url: url, pool)
        try await pool.withConnection {
            _ = try await $0.execute("UPDATE outbox_consumer_offsets SET next_offset = 0")
        }
        let again = try await deliver(topics, "consume, redelivery", url: url, pool)
        await pool.close()
        return first.measurements("consume", rate: .atLeast(40_000))
            + again.measurements("consume, redelivery") + [
                Measurement(
                    "consume, redelivery: to first delivery", again.eventsPerSecond / first.eventsPerSecond, "×",
                    target: .atLeast(3))
            ]
    }

    /// From the moment at which the consumer has its partitions until the database and the cache have everything.
    private func deliver(
        _ topics: FullTopics, _ name: String, url: String, _ pool: PQPool
    ) async throws -> Throughput {
        let broker = try await KafkaBroker.shared()
        let before = try await ServerUsage.now()
        let consumer = try BuiltTool.benchmarks.start(
            [ConsumeProcess.command.name, "--topics", topics.names.joined(separator: ",")],
            environment: ["QUERY_DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers])
        try await consumer.waitForLine(containing: "owned=\(topics.partitionCount)", within: .seconds(60))
        let start = ContinuousClock.now
        while try await Self.isUnderWay(pool, events: events) {
            guard consumer.isRunning else {
                throw ServerError(.exited, "the consumer ended early:\n\(consumer.errorOutput.tail())")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let time = ContinuousClock.now - start
        let usage = try ProcessUsage(processID: consumer.processID)
        let after = try await ServerUsage.now()
        let postgres = try await PostgresServer.shared().processID
        let peak = try postgres.map { try ProcessUsage(processID: $0, withChildren: true).peakMebibytes }
        _ = try await consumer.stop(within: .seconds(60))
        try await checkReadModel(pool)
        return Throughput(
            events: events, time: time, usages: [usage], before: before, after: after,
            others: [Measurement("\(name): peak memory of a process of PostgreSQL", peak ?? .nan, "MiB")])
    }

    /// Whether some of so many events are not yet in the read model and the cache.
    static func isUnderWay(_ pool: PQPool, events: Int) async throws -> Bool {
        try await pool.withConnection { connection in
            let read = try await connection.query(
                "SELECT coalesce(sum(next_offset), 0)::bigint FROM outbox_consumer_offsets")
            guard try read.int64(row: 0, column: 0) >= Int64(events) else { return true }
            return try await connection.query(
                "SELECT FROM outbox_cache_keys WHERE refreshed_version < version LIMIT 1"
            ).rowCount > 0
        }
    }

    /// A number for a read model that lost events or applied them twice would be worth nothing.
    private func checkReadModel(_ pool: PQPool) async throws {
        let sum = try await pool.withConnection { connection in
            try await connection.query("SELECT coalesce(sum(events), 0)::bigint FROM documents")
                .int64(row: 0, column: 0)
        }
        guard sum == Int64(events) else {
            throw ServerError(.system, "\(sum) events have taken effect in the read model, not \(events)")
        }
    }
}
