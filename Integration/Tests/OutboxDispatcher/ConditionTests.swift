import LibPQ
import Outbox
import Servers
import Testing

@testable import OutboxDispatcher

@Suite("Metrics: what the table has become", .serialized)
struct ConditionTests {
    @Test("a dispatcher's role sees size, rows, dead rows, and that somebody's transaction holds vacuum back")
    func condition() async throws {
        let database = try await TestDatabase.make("condition")
        let pool = PQPool(PQConfiguration(url: database.url(as: .dispatcher)), maximumConnections: 1)
        let store = OutboxStore(
            pool: pool, configuration: DispatcherConfiguration(instance: "condition", bootstrapServers: "none:1"))
        try await fill(database, 1000)
        let empty = try await store.condition()
        #expect(empty.bytes > 100_000)
        try await database.pool.withTransaction { transaction in
            // A transaction of another role, which has written.
            try await transaction.execute("UPDATE outbox_retention SET owner = owner")
            let before = try await store.condition()
            for _ in 1...20 { try await fill(database, 1) }
            let after = try await store.condition()
            #expect(after.transactions >= before.transactions + 20)
            #expect(try #require(after.held) >= 20)
        }
        for statement in [
            "ALTER TABLE outbox_events SET (autovacuum_enabled = false)", "DELETE FROM outbox_events",
            "ANALYZE outbox_events",
        ] { try await database.run(statement) }
        try await eventually(within: .seconds(30), "the statistics have the dead rows, and nobody holds vacuum back") {
            let condition = try await store.condition()
            return condition.rows == 0 && condition.deadRows > 0 && (condition.held ?? 0) < 20
        }
        await pool.close()
        await database.pool.close()
    }

    @Test("over partitions, all of them count")
    func partitions() async throws {
        let database = try await TestDatabase.make("condition")
        try await fill(database, 1000)
        let store = OutboxStore(
            pool: database.pool,
            configuration: DispatcherConfiguration(instance: "condition", bootstrapServers: "none:1"))
        let plain = try await store.condition()
        try await OutboxPartitions.convert(in: database.pool, rows: 1000)
        #expect(try await store.condition().bytes >= plain.bytes)
        await database.pool.close()
    }

    private func fill(_ database: TestDatabase, _ count: Int) async throws {
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT gen_random_uuid(), 'P' || i, 'position', 'position.updated', '{}' FROM generate_series(1, \(count)) i
            """)
    }
}
