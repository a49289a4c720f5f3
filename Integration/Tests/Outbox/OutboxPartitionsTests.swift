import LibPQ
import Servers
import Synchronization
import Testing

@testable import Outbox

@Suite("Partitions: the way there and back", .serialized)
struct OutboxPartitionsTests {
    private struct Plain: Equatable {
        var indexes: Set<String>
        var definitions: Set<String>
        var grants: String
        var sequenceOwner: String
    }

    private func plain(_ database: TestDatabase) async throws -> Plain {
        try await database.pool.withConnection { connection in
            let indexes = try await connection.query(
                """
                SELECT c.relname::text, replace(pg_get_indexdef(i.indexrelid), ' ONLY ', ' ')
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE indrelid = 'outbox_events'::regclass AND indisvalid
                """)
            let rest = try await connection.query(
                """
                SELECT relacl::text, pg_get_serial_sequence('outbox_events', 'id') FROM pg_class
                WHERE oid = 'outbox_events'::regclass
                """)
            return Plain(
                indexes: Set(try indexes.rows.map { try $0.decode(0) }),
                definitions: Set(try indexes.rows.map { try $0.decode(1) }), grants: try rest[0].decode(0),
                sequenceOwner: try rest[0].decode(1))
        }
    }

    private func insert(_ count: Int, settled: String = "FALSE", into database: TestDatabase) async throws {
        try await database.run(
            """
            INSERT INTO outbox_events
                (event_id, aggregate_id, aggregate_type, event_type, payload, published, published_at)
            SELECT gen_random_uuid(), 'P' || i % 10, 'position', 'position.updated', '{}', \(settled),
                CASE WHEN \(settled) THEN now() - interval '1 day' END
            FROM generate_series(1, \(count)) i
            """)
    }

    private func partitions(_ database: TestDatabase) async throws -> [String] {
        try await database.pool.withConnection { connection in
            let rows = try await connection.query("SELECT partition::text FROM outbox_partitions()")
            return try rows.rows.map { try $0.decode(0) }
        }
    }

    /// - Returns: the partitions made and dropped by one step.
    @discardableResult
    private func upkeep(_ database: TestDatabase) async throws -> (created: String?, dropped: String?, heldBack: Int32)
    {
        try await database.pool.withConnection { connection in
            let result = try await connection.query(
                "SELECT created, dropped, held_back FROM outbox_keep_partitions(interval '1 hour')")
            return (try result[0].decode(0), try result[0].decode(1), try result[0].decode(2))
        }
    }

    @Test("there and back, a table keeps its rows, indexes, rights and sequence")
    func thereAndBack() async throws {
        let database = try await TestDatabase.make("partitions")
        try await database.run(
            """
            DO $$ BEGIN CREATE ROLE outbox_writer;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            GRANT INSERT ON outbox_events TO outbox_writer; GRANT SELECT (id) ON outbox_events TO outbox_writer
            """)
        try await insert(500, settled: "i % 2 = 0", into: database)
        let before = try await plain(database)
        try await database.run("ANALYZE outbox_events")
        let news = Mutex<[OutboxPartitions.Progress]>([])
        let conversion = try await OutboxPartitions.convert(in: database.pool, rows: 100) { step in
            news.withLock { $0.append(step) }
        }
        #expect(try #require(conversion).lockedFor < .seconds(5))
        #expect(news.withLock { $0 } == [.reading(rows: 500), .swapping])
        #expect(try await OutboxPartitions.convert(in: database.pool) == nil)
        let between = try await plain(database)
        #expect(between.indexes == before.indexes.subtracting(["outbox_events_event_id_key"]))
        #expect(between.definitions.isSubset(of: before.definitions))
        #expect((between.grants, between.sequenceOwner) == (before.grants, before.sequenceOwner))
        // Into several partitions, and beyond the last.
        try await insert(400, settled: "i % 2 = 0", into: database)
        #expect(try await database.count("tableoid = 'outbox_events_default'::regclass") > 0)
        #expect(try await database.count("TRUE") == 900)
        try await database.pool.withConnection { _ = try await OutboxMigrations.apply(on: $0, lanes: 8) }
        #expect(try await plain(database).indexes.contains("outbox_events_lane_8_idx"))

        let reversal = try await database.pool.withConnection { connection in
            try await OutboxPartitions.revert(on: connection) { step in news.withLock { $0.append(step) } }
        }
        let moved = try #require(reversal).rowsMoved
        #expect(moved > 0)
        if case .moved(let rows, _)? = news.withLock({ $0.last }) {
            #expect(rows == moved)
        } else {
            Issue.record("nothing was said of rows that move")
        }
        var after = try await plain(database)
        after.indexes.remove("outbox_events_lane_8_idx")
        after.definitions = after.definitions.filter { !$0.contains("lane_8_idx") }
        #expect(after == before)
        #expect(try await database.count("published") == 450)
        #expect(try await database.count("NOT published") == 450)
        #expect(try await database.pool.withConnection { try await OutboxPartitions.revert(on: $0) } == nil)
    }

    @Test("migrations go down from a partitioned table")
    func down() async throws {
        let database = try await TestDatabase.make("partitions")
        try await insert(50, into: database)
        try await OutboxPartitions.convert(in: database.pool, rows: 100)
        try await insert(200, into: database)
        _ = try await database.pool.withConnection { try await OutboxMigrations.revert(on: $0) }
        #expect(try await database.count() == 250)
        let tables = try await database.pool.withConnection { connection in
            try await connection.query(
                "SELECT FROM pg_class WHERE relname LIKE 'outbox_events%' AND relkind IN ('r', 'p')")
        }
        #expect(tables.rowCount == 1)
    }

    @Test("what hangs on the table itself is named, and the table stays as it is")
    func refusals() async throws {
        let database = try await TestDatabase.make("partitions")
        try await database.run("CREATE VIEW events_seen AS SELECT * FROM outbox_events")
        let error = await #expect(throws: OutboxError.self) { try await OutboxPartitions.convert(in: database.pool) }
        #expect(error?.message.contains("events_seen") == true)
        #expect(try await database.pool.withConnection { try await OutboxPartitions.isPartitioned(on: $0) } == false)
    }

    @Test("what a conversion leaves that was killed refuses nobody: the dispatcher's upkeep takes it away")
    func killed() async throws {
        let database = try await TestDatabase.make("partitions")
        try await insert(10, into: database)
        try await database.run(PartitionScripts.prepare(bound: 20, rows: 100))
        try await database.run(PartitionScripts.addProof(bound: 20))
        try await upkeep(database)
        try await insert(20, into: database)
        #expect(try await OutboxPartitions.convert(in: database.pool, rows: 100) != nil)
        #expect(try await database.count() == 30)
    }

    @Test("partitions are made ahead; dropped when all is settled and old; held back by what is not settled")
    func upkeep() async throws {
        let database = try await TestDatabase.make("partitions")
        try await insert(50, into: database)
        try await OutboxPartitions.convert(in: database.pool, rows: 100)
        while try await upkeep(database).created != nil {}
        #expect(
            try await partitions(database) == [
                "outbox_events_p0", "outbox_events_p150", "outbox_events_p250", "outbox_events_default",
            ])
        try await insert(420, settled: "TRUE", into: database)
        // Beyond what was made: the default partition has taken them, and keeps them.
        #expect(try await database.count("tableoid = 'outbox_events_default'::regclass") > 0)
        while try await upkeep(database).created != nil {}
        let made = try await partitions(database)
        // Young.
        #expect(try await upkeep(database).dropped == nil)
        try await database.run("UPDATE outbox_events SET created_at = now() - interval '1 day'")
        var dropped: [String] = []
        while let name = try await upkeep(database).dropped { dropped.append(name) }
        #expect(dropped == ["outbox_events_p150", "outbox_events_p250"])
        #expect(try await upkeep(database).heldBack == 1)
        #expect(try await database.count("NOT published") == 50)
        // Parked is not settled.
        try await database.run("UPDATE outbox_events SET parked_at = now(), retry_count = 10 WHERE NOT published")
        #expect(try await upkeep(database).heldBack == 1)
        try await database.run("UPDATE outbox_events SET published = TRUE, published_at = now() WHERE NOT published")
        let young = try await upkeep(database)
        #expect(young.dropped == nil && young.heldBack == 0)
        try await database.run(
            """
            UPDATE outbox_settled_partitions SET settled_until = settled_until - interval '1 day';
            INSERT INTO outbox_events (id, event_id, aggregate_id, aggregate_type, event_type, payload)
            VALUES (1000000, gen_random_uuid(), 'P', 'position', 'position.updated', '{}'),
                (-5, gen_random_uuid(), 'P', 'position', 'position.updated', '{}')
            """)
        // Written into an old partition with a sequence of one's own.
        #expect(try await upkeep(database).heldBack == 1)
        try await database.run("DELETE FROM outbox_events WHERE id = -5")
        #expect(try await upkeep(database).dropped == "outbox_events_p0")
        // A sequence that no partition spans any more finds the default one.
        try await database.run(
            """
            INSERT INTO outbox_events (id, event_id, aggregate_id, aggregate_type, event_type, payload)
            VALUES (1, gen_random_uuid(), 'P', 'position', 'position.updated', '{}')
            """)
        #expect(try await partitions(database) == made.filter { $0 != "outbox_events_p0" && !dropped.contains($0) })
    }

    @Test("a dispatcher's role needs no rights on the schema; others may not drop partitions")
    func leastPrivilege() async throws {
        let role = "dispatcher_\(UInt32.random(in: 0 ... .max))"
        let database = try await TestDatabase.make("partitions", migrate: false)
        try await database.pool.withConnection { _ = try await OutboxMigrations.apply(on: $0) }
        try await database.run(
            """
            CREATE ROLE \(role); CREATE ROLE \(role)_other;
            GRANT EXECUTE ON FUNCTION outbox_keep_partitions(interval) TO \(role)
            """)
        try await insert(50, into: database)
        try await OutboxPartitions.convert(in: database.pool, rows: 100)
        try await database.pool.withConnection { connection in
            try await connection.run(script: "SET ROLE \(role)")
            let created = try await connection.query("SELECT created FROM outbox_keep_partitions(interval '1 hour')")
            #expect(try created[0].decode(0, as: String?.self) != nil)
            try await connection.run(script: "SET ROLE \(role)_other")
            let error = await #expect(throws: PQError.self) {
                try await connection.query("SELECT outbox_keep_partitions(interval '1 hour')")
            }
            #expect(error?.sqlState == "42501")
            try await connection.run(script: "RESET ROLE")
        }
    }
}
