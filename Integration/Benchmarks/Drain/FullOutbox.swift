import Foundation
import LibPQ
import Outbox
import Servers

/// An outbox full of pending events, filled once and copied for each run.
struct FullOutbox {
    let events: Int
    /// Bytes.
    let payload: Int
    let aggregates: Int
    private let template: String

    static let types = ["position", "assignment", "jobLevel"]

    static func fill(events: Int, payload: Int, aggregates: Int) async throws -> FullOutbox {
        let url = try await PostgresServer.shared().createDatabase("full")
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        try await OutboxMigrations.apply(on: connection)
        let padding = String(repeating: "x", count: max(0, payload - 80))
        try await connection.run(
            script: """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                SELECT gen_random_uuid(), 'A' || i % \(aggregates),
                    (ARRAY['position', 'assignment', 'jobLevel'])[1 + i % \(aggregates) % 3], 'position.updated',
                    jsonb_build_object('tenantId', 't1', 'occurredAt', '2026-01-01T00:00:00.000000Z', 'n', i,
                        'x', '\(padding)')
                FROM generate_series(1, \(events)) i
                """)
        try await connection.run(script: "VACUUM ANALYZE outbox_events")
        await connection.close()
        return FullOutbox(
            events: events, payload: payload, aggregates: aggregates,
            template: PostgresServer.databaseName(in: url))
    }

    /// A database that holds it.
    ///
    /// - Returns: its URL.
    func copy() async throws -> String {
        let server = try await PostgresServer.shared()
        let name = "drain_\(UInt32.random(in: 0 ... .max))"
        let connection = try await PQConnection.connect(PQConfiguration(url: server.url))
        // Copying files writes no log that the run would have to flush.
        try await connection.run(script: "CREATE DATABASE \(name) TEMPLATE \(template) STRATEGY file_copy")
        try await connection.run(script: "CHECKPOINT")
        await connection.close()
        return server.url(database: name)
    }

    /// Takes a copy away.
    static func drop(_ url: String) async throws {
        let server = try await PostgresServer.shared()
        let connection = try await PQConnection.connect(PQConfiguration(url: server.url))
        try await connection.run(script: "DROP DATABASE \(PostgresServer.databaseName(in: url)) WITH (FORCE)")
        await connection.close()
    }

    /// A topic for each type.
    ///
    /// - Returns: what stands before the dot of their names.
    static func makeTopics() async throws -> String {
        let broker = try await KafkaBroker.shared()
        let prefix = "drain\(UUID().uuidString.prefix(8))"
        for type in types { try await broker.createTopic("\(prefix).\(type)", partitions: FullTopics.partitions) }
        return prefix
    }
}
