import Foundation
import LibPQ
import Outbox
import Servers

/// How fast one dispatcher empties a full outbox.
struct Drain {
    let events: Int
    let payload: Int
    let aggregates: Int
    let retention: String
    let isPooled: Bool
    /// Whether `outbox verify` is measured afterwards.
    var isVerified = false

    private static let types = ["position", "assignment", "jobLevel"]

    func run() async throws -> [Measurement] {
        let broker = try await KafkaBroker.shared()
        let url = try await PostgresServer.shared().createDatabase("drain")
        let template = "drain\(UUID().uuidString.prefix(8)).{aggregateType}"
        for type in Self.types {
            try await broker.createTopic(template.replacing("{aggregateType}", with: type), partitions: 4)
        }
        try await fill(url)
        let pooler = isPooled ? try await PgBouncer.start(before: .shared()) : nil
        var environment: [String: String?] = [
            "DATABASE_URL": pooler?.url(insteadOf: url) ?? url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": template, "OUTBOX_DISPATCH_RETENTION": retention, "OUTBOX_HTTP_ADDRESS": "off",
        ]
        let dispatcher = try BuiltTool.outbox.start(["dispatch"], environment: environment)
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 1)
        try await dispatcher.waitForLine(containing: "dispatcher started", within: .seconds(60))
        let start = ContinuousClock.now
        while try await pending(pool) > 0 { try await Task.sleep(for: .milliseconds(50)) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let usage = try ProcessUsage(processID: dispatcher.processID)
        _ = try await dispatcher.stop(within: .seconds(60))
        pooler?.kill()
        await pool.close()
        environment["DATABASE_URL"] = url
        let verified = isVerified ? try await VerifyCost(events: events, environment: environment).run() : []
        let name = retention == "none" ? "drain, retention none" : "drain, rows kept"
        return [
            Measurement(name: name, value: Double(events) / seconds, unit: "events/s"),
            Measurement(
                name: "\(name): processor time", value: usage.processorSeconds * 1_000_000 / Double(events),
                unit: "s per million events"),
            Measurement(name: "\(name): resident memory, peak", value: usage.peakMebibytes, unit: "MiB"),
        ] + verified
    }

    private func fill(_ url: String) async throws {
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
        try await connection.run(script: "CHECKPOINT")
        await connection.close()
    }

    /// At most one pending event is looked for, so asking costs next to nothing.
    private func pending(_ pool: PQPool) async throws -> Int {
        try await pool.withConnection { connection in
            let lanes = (0..<OutboxMigrations.defaultLanes).map { Int32($0) }
            let rows = try await connection.query(
                """
                SELECT FROM unnest(\(lanes)::int[]) AS l (lane) CROSS JOIN LATERAL (
                    SELECT FROM outbox_events WHERE outbox_lane(aggregate_type, aggregate_id, 64) BETWEEN l.lane AND l.lane
                        AND NOT published AND parked_at IS NULL ORDER BY outbox_lane(aggregate_type, aggregate_id, 64), id LIMIT 1) AS head
                LIMIT 1
                """)
            return rows.rowCount
        }
    }
}
