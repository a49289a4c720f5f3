import Foundation
import LibPQ
import Outbox
import Servers

/// How fast dispatchers empty a full outbox.
struct DispatcherDrain {
    let outbox: FullOutbox
    let retention: String
    var dispatchers = 1
    /// Through PgBouncer in transaction mode.
    var isPooled = false
    /// Whether `outbox verify` is measured afterwards.
    var isVerified = false

    func run() async throws -> Throughput {
        let url = try await outbox.copy()
        let prefix = try await FullOutbox.makeTopics()
        let pooler = isPooled ? try await PgBouncer.start(before: .shared()) : nil
        var environment = try await DispatcherEnvironment.of(
            pooler?.url(insteadOf: url) ?? url, topics: prefix, retention: retention)
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 1)
        let before = try await ServerUsage.now()
        let children = try (0..<dispatchers).map { _ in
            try BuiltTool.outbox.start(["dispatch"], environment: environment)
        }
        for child in children { try await child.waitForLine(containing: "dispatcher started", within: .seconds(60)) }
        let start = ContinuousClock.now
        while try await isPending(pool) { try await Task.sleep(for: .milliseconds(50)) }
        let time = ContinuousClock.now - start
        let usages = try children.map { try ProcessUsage(processID: $0.processID) }
        let after = try await ServerUsage.now()
        for child in children { _ = try await child.stop(within: .seconds(60)) }
        pooler?.kill()
        await pool.close()
        environment["DATABASE_URL"] = url
        let verified = isVerified ? try await VerifyCost(events: outbox.events, environment: environment).run() : []
        try await FullOutbox.drop(url)
        return Throughput(
            events: outbox.events, time: time, usages: usages, before: before, after: after, others: verified)
    }

    /// At most one pending event is looked for, so asking costs next to nothing.
    private func isPending(_ pool: PQPool) async throws -> Bool {
        try await pool.withConnection { connection in
            let lanes = OutboxMigrations.defaultLanes
            let lane = "outbox_lane(aggregate_type, aggregate_id, \(lanes))"
            let rows = try await connection.query(
                """
                SELECT FROM generate_series(0, \(Int32(lanes - 1))) AS l (lane) CROSS JOIN LATERAL (
                    SELECT FROM outbox_events WHERE \(unsafe: lane) BETWEEN l.lane AND l.lane
                        AND NOT published AND parked_at IS NULL ORDER BY \(unsafe: lane), id LIMIT 1) AS head
                LIMIT 1
                """)
            return rows.rowCount > 0
        }
    }
}
