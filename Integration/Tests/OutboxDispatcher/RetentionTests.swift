import LibPQ
import Outbox
import Servers
import Testing

@testable import OutboxDispatcher

@Suite("Retention: deleting row by row", .serialized)
struct RetentionTests {
    private func store(_ database: TestDatabase, _ instance: String = "a") -> OutboxStore {
        OutboxStore(
            pool: database.pool, configuration: DispatcherConfiguration(instance: instance, bootstrapServers: "none:1"))
    }

    /// Events made two hours ago; `settled` is SQL over `i`.
    private func insert(_ count: Int, settled: String, into database: TestDatabase) async throws {
        try await database.run(
            """
            INSERT INTO outbox_events
                (event_id, aggregate_id, aggregate_type, event_type, payload, published, published_at, created_at)
            SELECT gen_random_uuid(), 'P' || i, 'position', 'position.updated', '{}', \(settled),
                CASE WHEN \(settled) THEN now() - interval '2 hours' END, now() - interval '2 hours'
            FROM generate_series(1, \(count)) i
            """)
    }

    private func sweep(
        _ store: OutboxStore, fullWalk: Duration = .seconds(3600), window: Int = 100
    ) async throws -> OutboxStore.Swept {
        try await store.sweep(olderThan: .seconds(3600), grace: .zero, fullWalk: fullWalk, window: window)
    }

    private func position(_ database: TestDatabase) async throws -> Int64 {
        try await database.pool.withConnection { connection in
            try await connection.query("SELECT position FROM outbox_retention").int64(row: 0, column: 0)
        }
    }

    @Test("a walk goes on where it got to, whoever goes on, and does not read again what it left behind")
    func position() async throws {
        let database = try await TestDatabase.make("retention")
        try await insert(250, settled: "i > 200", into: database)
        let (first, second) = (store(database), store(database, "b"))
        #expect(try await first.takeRetention())
        for _ in 0..<2 {
            let swept = try await sweep(first)
            #expect(swept.deleted == 0 && !swept.reachedEnd)
        }
        #expect(try await position(database) == 200)
        try await database.run("UPDATE outbox_retention SET lease_until = now() - interval '1 second'")
        #expect(try await second.takeRetention())
        let swept = try await sweep(second)
        #expect(swept.deleted == 50 && swept.reachedEnd)
        #expect(abs(swept.overdueSeconds - 3600) < 60)
        #expect(try await database.count("NOT published") == 200)
        #expect(try await database.count() == 200)
    }

    @Test("one dispatcher does it; another takes over when that one is not heard of")
    func oneAtATime() async throws {
        let database = try await TestDatabase.make("retention")
        try await insert(10, settled: "TRUE", into: database)
        let stores = (0..<8).map { store(database, "instance-\($0)") }
        let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
            for store in stores { group.addTask { try await store.takeRetention() } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(taken == 1)
        // What the others try deletes nothing.
        var deleted: [Int] = []
        for store in stores { deleted.append(try await sweep(store).deleted) }
        #expect(deleted.filter { $0 > 0 } == [10])
    }

    @Test("locked rows are skipped and found by the next full walk")
    func locked() async throws {
        let database = try await TestDatabase.make("retention")
        try await insert(50, settled: "TRUE", into: database)
        let store = store(database)
        #expect(try await store.takeRetention())
        try await database.pool.withTransaction { transaction in
            _ = try await transaction.query("SELECT FROM outbox_events WHERE id <= 5 FOR UPDATE")
            #expect(try await sweep(store).deleted == 45)
        }
        #expect(try await sweep(store).deleted == 0)
        #expect(try await sweep(store, fullWalk: .zero).reachedEnd)
        #expect(try await sweep(store).deleted == 5)
    }

    @Test("the walk rests where events are young, and goes on when they are old")
    func border() async throws {
        let database = try await TestDatabase.make("retention")
        try await insert(50, settled: "TRUE", into: database)
        try await database.run("UPDATE outbox_events SET created_at = now(), published_at = now() WHERE id > 30")
        let store = store(database)
        #expect(try await store.takeRetention())
        let swept = try await sweep(store)
        #expect(swept.deleted == 30 && swept.reachedEnd)
        #expect(try await position(database) == 30)
        try await database.run(
            """
            UPDATE outbox_events
            SET created_at = now() - interval '2 hours', published_at = now() - interval '2 hours'
            """
        )
        #expect(try await sweep(store).deleted == 20)
    }

    @Test("marking an event as settled is no update within its page: the lanes' index looks at it")
    func notHot() async throws {
        let database = try await TestDatabase.make("retention")
        try await insert(5, settled: "FALSE", into: database)
        try await database.pool.withConnection { connection in
            try await connection.execute("UPDATE outbox_events SET published = TRUE, published_at = now()")
            try await connection.execute("UPDATE outbox_events SET payload = '[]'")
            // Before PostgreSQL 15 it can't be told to, and does so with a later statement.
            _ = try? await connection.query("SELECT pg_stat_force_next_flush()")
        }
        try await eventually(within: .seconds(30), "the server has counted the updates") {
            let result = try await database.pool.withConnection { connection in
                try await connection.query(
                    "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'outbox_events'")
            }
            let (updated, hot) = try result[0].decode((Int64, Int64).self)
            return updated == 10 && hot == 5
        }
    }
}
