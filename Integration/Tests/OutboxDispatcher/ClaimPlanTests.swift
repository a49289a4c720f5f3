import LibPQ
import OutboxTelemetry
import Testing

@testable import OutboxDispatcher

@Suite("Claim: its plan", .serialized)
struct ClaimPlanTests {
    @Test(
        "walks the lanes' index and the index of failed events, whatever the statistics said when it was planned",
        arguments: [0, 50_000])
    func plan(rows: Int) async throws {
        let database = try await TestDatabase.make("plan")
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, published)
            SELECT gen_random_uuid(), 'P' || i % 1000, 'position', 'position.updated', '{}', i % 10 > 0
            FROM generate_series(1, \(rows)) i;
            ANALYZE outbox_events
            """)
        let pool = PQPool(
            PQConfiguration(url: database.url, sessionSettings: Dispatcher.sessionSettings), maximumConnections: 1)
        let store = OutboxStore(
            pool: pool, configuration: DispatcherConfiguration(instance: "plan", bootstrapServers: "none:1"))
        let claim = store.claimStatement(lanes: [1, 2, 3], limit: 500)
        var explain = claim
        explain.sql = "EXPLAIN " + claim.sql
        let lines = try await pool.withConnection { [explain] in try await $0.query(explain) }
        let plan = try lines.rows.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
        #expect(plan.contains("Index Scan using outbox_events_lane_64_idx on outbox_events o"), "\(plan)")
        #expect(plan.contains("Index Scan using outbox_events_failed_idx on outbox_events f"), "\(plan)")
        #expect(!plan.contains("outbox_events_pkey") && !plan.contains("Sort"), "\(plan)")
        await pool.close()
    }
}
