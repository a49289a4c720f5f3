import Foundation
import LibPQ
import Servers
import Testing

@testable import Outbox

@Suite("Migrations on a real server", .serialized)
struct OutboxMigrationsIntegrationTests {
    /// As another service made it, years ago.
    private static let oldTable = """
        CREATE TABLE outbox_events (
            id BIGSERIAL PRIMARY KEY, event_id UUID NOT NULL UNIQUE, aggregate_id TEXT NOT NULL,
            aggregate_type TEXT NOT NULL, event_type TEXT NOT NULL, payload JSONB NOT NULL,
            retry_count INTEGER NOT NULL DEFAULT 0, published BOOLEAN NOT NULL DEFAULT FALSE,
            published_at TIMESTAMPTZ, available_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            created_at TIMESTAMPTZ NOT NULL DEFAULT now());
        INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, published)
        SELECT gen_random_uuid(), 'P' || i, 'position', 'position.created', '{}', i % 2 = 0
        FROM generate_series(1, 100) i;
        """

    @Test("run on a table that was there before and holds rows, and can be run again")
    func oldTable() async throws {
        let database = try await TestDatabase.make("migrate", prepare: Self.oldTable)
        #expect(try await database.count("NOT published AND headers = '{}'") == 50)
        let again = try await database.pool.withConnection { try await OutboxMigrations.apply(on: $0) }
        #expect(again.isEmpty)
    }

    @Test("go down and up again on a table with rows, and lose none")
    func downAndUp() async throws {
        let database = try await TestDatabase.make("migrate", prepare: Self.oldTable)
        try await database.pool.withConnection { try await OutboxMigrations.revert(on: $0) }
        #expect(try await database.count() == 100)
        let columns = try await database.pool.withConnection {
            try await $0.query(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'outbox_events'")
        }
        #expect(columns.rowCount == 11)
        let leftovers = try await database.pool.withConnection {
            try await $0.query(
                """
                SELECT proname::text FROM pg_proc WHERE proname LIKE 'outbox%'
                UNION SELECT relname::text FROM pg_class WHERE relname LIKE 'outbox_events_lane%'
                """)
        }
        #expect(leftovers.rowCount == 0)
        try await database.pool.withConnection { _ = try await OutboxMigrations.apply(on: $0) }
        #expect(try await database.count("headers = '{}'") == 100)
    }

    @Test("on an empty database, down leaves nothing behind")
    func downToNothing() async throws {
        let database = try await TestDatabase.make("migrate", roles: false)
        try await database.pool.withConnection { try await OutboxMigrations.revert(on: $0) }
        let tables = try await database.pool.withConnection {
            try await $0.query("SELECT relname::text FROM pg_class WHERE relname LIKE 'outbox%' AND relkind = 'r'")
        }
        #expect(try tables.rows.map { try $0.decode(0, as: String.self) } == ["outbox_migrations"])
    }

    @Test("many that start at once apply each step once")
    func concurrent() async throws {
        let url = try await PostgresServer.shared().createDatabase("migrate")
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let connection = try await PQConnection.connect(PQConfiguration(url: url))
                    let applied = try await OutboxMigrations.apply(on: connection)
                    await connection.close()
                    return applied.count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(applied == OutboxMigrations.migrator.migrations.count)
    }

    @Test("another number of lanes adds an index of its own; one that is not allowed is refused")
    func lanes() async throws {
        let database = try await TestDatabase.make("migrate", lanes: 64)
        try await database.pool.withConnection { _ = try await OutboxMigrations.apply(on: $0, lanes: 128) }
        let indexes = try await database.pool.withConnection {
            try await $0.query("SELECT FROM pg_indexes WHERE indexname LIKE 'outbox_events_lane_%_idx'")
        }
        #expect(indexes.rowCount == 2)
        await #expect(throws: OutboxError.self) {
            try await database.pool.withConnection { _ = try await OutboxMigrations.apply(on: $0, lanes: 65) }
        }
    }

    @Test("an index whose building was interrupted is built anew")
    func invalidIndex() async throws {
        let database = try await TestDatabase.make("migrate")
        try await database.run(
            """
            UPDATE pg_index SET indisvalid = FALSE
            WHERE indexrelid = 'outbox_events_lane_64_idx'::regclass
            """)
        try await database.pool.withConnection { _ = try await OutboxMigrations.apply(on: $0) }
        let valid = try await database.pool.withConnection {
            try await $0.query(
                "SELECT FROM pg_index WHERE indexrelid = 'outbox_events_lane_64_idx'::regclass AND indisvalid")
        }
        #expect(valid.rowCount == 1)
    }

    @Test("the printed script makes the same schema, and may be run twice")
    func script() async throws {
        let url = try await PostgresServer.shared().createDatabase("migrate")
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        // CREATE INDEX CONCURRENTLY can't share the implicit transaction of a script: statement by statement.
        for _ in 0..<2 {
            for statement in Self.statements(of: OutboxMigrations.script()) {
                try await connection.run(script: statement)
            }
        }
        let applied = try await OutboxMigrations.apply(on: connection)
        #expect(applied == OutboxMigrations.migrator.migrations)
        await connection.close()
    }

    /// The script's statements; none of them has a semicolon inside but for bodies between `$$`.
    private static func statements(of script: String) -> [String] {
        var statements: [String] = []
        var current = ""
        for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
            current += line + "\n"
            let isInBody = current.components(separatedBy: "$$").count % 2 == 0
            if line.hasSuffix(";"), !isInBody {
                statements.append(current)
                current = ""
            }
        }
        return statements
    }
}
