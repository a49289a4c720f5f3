import LibPQ
import Outbox
import OutboxTelemetry
import Servers
import Testing

@testable import OutboxDispatcher

@Suite("Claim: its plan", .serialized)
struct ClaimPlanTests {
    @Test(
        "walks the lanes' index and the index of failed events, whatever the statistics said when it was planned",
        arguments: [0, 50_000], [PQPooling.automatic, .transaction])
    func plan(rows: Int, pooling: PQPooling) async throws {
        let database = try await TestDatabase.make("plan")
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, published)
            SELECT gen_random_uuid(), 'P' || i % 1000, 'position', 'position.updated', '{}', i % 10 > 0
            FROM generate_series(1, \(rows)) i;
            ANALYZE outbox_events
            """)
        let pool = PQPool(
            PQConfiguration(
                url: database.url(as: .dispatcher), sessionSettings: Dispatcher.sessionSettings, pooling: pooling),
            maximumConnections: 1)
        let store = OutboxStore(
            pool: pool, configuration: DispatcherConfiguration(instance: "plan", bootstrapServers: "none:1"))
        for isWide in [false, true] {
            let limit = ClaimLimit(rows: 500, lanes: 3, isWide: isWide)
            let plan = try await explain(store.claimStatement(lanes: [1, 2, 3], limit: limit), in: pool)
            #expect(plan.contains("Index Scan using outbox_events_lane_64_idx on outbox_events p"), "\(plan)")
            #expect(plan.contains("Index Scan using outbox_events_failed_idx on outbox_events f"), "\(plan)")
            #expect(!plan.contains("outbox_events_pkey") && !plan.contains("Sort"), "\(plan)")
        }
        await pool.close()
    }

    @Test("over partitions: each one's index of lanes in order, and settling touches only the events' own partition")
    func partitions() async throws {
        let database = try await TestDatabase.make("plan")
        try await OutboxPartitions.convert(in: database.pool, rows: 1000)
        for _ in 0..<2 {
            try await database.run("SELECT outbox_keep_partitions(interval '1 hour')")
        }
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, published)
            SELECT gen_random_uuid(), 'P' || i % 1000, 'position', 'position.updated', '{}', i % 10 > 0
            FROM generate_series(1, 3500) i;
            ANALYZE outbox_events
            """)
        let pool = PQPool(
            PQConfiguration(url: database.url(as: .dispatcher), sessionSettings: Dispatcher.sessionSettings),
            maximumConnections: 1)
        let store = OutboxStore(
            pool: pool, configuration: DispatcherConfiguration(instance: "plan", bootstrapServers: "none:1"))
        for isWide in [false, true] {
            let limit = ClaimLimit(rows: 500, lanes: 3, isWide: isWide)
            let plan = try await explain(store.claimStatement(lanes: [1, 2, 3], limit: limit), in: pool)
            for partition in ["p0", "p1001", "p2001", "default"] {
                #expect(plan.contains("on outbox_events_\(partition) p_"), "\(plan)")
            }
            #expect(plan.contains("Merge Append"), "\(plan)")
            #expect(!plan.contains("pkey") && !plan.contains("Seq Scan"), "\(plan)")
            #expect(!plan.contains("Sort\n") && !plan.contains("Sort  ("), "\(plan)")
        }
        let settling = try await explain(store.settleStatement([5, 6], lanes: [1], epochs: [1]), in: pool)
        #expect(settling.contains("Update on outbox_events_p0"), "\(settling)")
        #expect(!settling.contains("outbox_events_p1001") && !settling.contains("default"), "\(settling)")
        await pool.close()
    }

    private func explain(_ statement: PQStatement, in pool: PQPool) async throws -> String {
        var explain = statement
        explain.sql = "EXPLAIN " + statement.sql
        let lines = try await pool.withConnection { [explain] in try await $0.query(explain) }
        return try lines.rows.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
    }
}
