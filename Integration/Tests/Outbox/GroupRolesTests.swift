import IdempotentConsumer
import LibPQ
import Outbox
import QueryCache
import Servers
import Testing

@Suite("Group roles: outbox migrate --roles")
struct GroupRolesTests {
    private static let kinds = ["writer", "dispatcher", "consumer", "operator"]
    private static let others = [IdempotentConsumer.migrations, PostgresQueryCache.migrations]

    /// A statement, and who may run it.
    private static let table: [(statement: String, may: Set<String>)] = [
        (insert("event_id", "gen_random_uuid()") + " RETURNING id", ["writer"]),
        (insert("event_id, available_at, headers", "gen_random_uuid(), now(), '{}'"), ["writer"]),
        (insert("event_id, id", "gen_random_uuid(), 1"), []),
        (insert("event_id, published", "gen_random_uuid(), TRUE"), []),
        (insert("event_id, created_at", "gen_random_uuid(), now()"), []),
        ("SELECT id FROM outbox_events", ["writer", "dispatcher", "operator"]),
        ("SELECT payload FROM outbox_events", ["dispatcher", "operator"]),
        ("UPDATE outbox_events SET published = TRUE, published_at = now()", ["dispatcher"]),
        ("UPDATE outbox_events SET parked_at = now(), retry_count = 1", ["dispatcher", "operator"]),
        ("UPDATE outbox_events SET payload = '{}'", []),
        ("UPDATE outbox_events SET aggregate_id = ''", []),
        ("UPDATE outbox_events SET event_id = gen_random_uuid()", []),
        ("DELETE FROM outbox_events", ["dispatcher", "operator"]),
        ("TRUNCATE outbox_events", []),
        ("SELECT nextval('outbox_events_id_seq')", ["writer"]),
        ("SELECT setval('outbox_events_id_seq', 1)", []),
        ("SELECT last_value FROM outbox_events_id_seq", ["dispatcher", "operator"]),
        ("SELECT * FROM outbox_lanes", ["dispatcher", "operator"]),
        ("UPDATE outbox_lanes SET owner = '', epoch = 0, lease_until = now()", ["dispatcher"]),
        ("UPDATE outbox_lanes SET lane = 0", []),
        ("DELETE FROM outbox_lanes", []),
        ("SELECT * FROM outbox_dispatchers", ["dispatcher", "operator"]),
        ("UPDATE outbox_dispatchers SET drained_at = now()", ["dispatcher", "operator"]),
        ("DELETE FROM outbox_dispatchers", ["dispatcher"]),
        ("UPDATE outbox_retention SET position = 0", ["dispatcher"]),
        ("UPDATE outbox_retention SET partition_rows = 1", []),
        ("SELECT outbox_keep_partitions(interval '1 hour')", ["dispatcher"]),
        ("SELECT * FROM outbox_settled_partitions", []),
        ("INSERT INTO outbox_audit (actor, action) VALUES ('ada', 'test')", ["operator"]),
        ("INSERT INTO outbox_audit (actor, action, at) VALUES ('ada', 'test', now())", []),
        ("SELECT * FROM outbox_audit", ["dispatcher", "operator"]),
        ("UPDATE outbox_audit SET details = '{}'", ["operator"]),
        ("UPDATE outbox_audit SET actor = ''", []),
        ("DELETE FROM outbox_audit", []),
        ("SELECT * FROM outbox_migrations", ["dispatcher", "operator"]),
        ("DELETE FROM outbox_migrations", []),
        ("DELETE FROM outbox_roles", []),

        ("INSERT INTO outbox_inbox (consumer, event_id) VALUES ('c', gen_random_uuid())", ["consumer", "operator"]),
        ("SELECT * FROM outbox_inbox FOR UPDATE", ["consumer"]),
        ("DELETE FROM outbox_inbox", ["consumer"]),
        ("UPDATE outbox_inbox SET event_id = gen_random_uuid()", []),
        ("UPDATE outbox_consumer_offsets SET next_offset = 0", ["consumer"]),
        ("UPDATE outbox_consumer_offsets SET holds_version = 0", ["consumer", "operator"]),
        ("DELETE FROM outbox_consumer_offsets", []),
        ("UPDATE outbox_consumer_holds SET attempts = 0", ["consumer", "operator"]),
        ("UPDATE outbox_consumer_holds SET last_error = ''", ["consumer"]),
        ("SELECT * FROM outbox_consumer_held_events", ["consumer", "operator"]),
        ("UPDATE outbox_consumer_held_events SET record_value = ''", []),
        ("SELECT * FROM outbox_consumer_audit", ["operator"]),
        ("DELETE FROM outbox_consumer_audit", []),
        ("UPDATE outbox_cache_keys SET version = 0", ["consumer"]),
        ("DELETE FROM outbox_cache_keys", []),
        ("UPDATE query_cache SET value = NULL", ["consumer"]),

        ("ALTER TABLE outbox_events ADD COLUMN mine INTEGER", []),
        ("CREATE INDEX ON outbox_events (event_type)", []),
        ("DROP TABLE outbox_inbox", []),
        ("CREATE TRIGGER t AFTER INSERT ON outbox_events EXECUTE FUNCTION suppress_redundant_updates_trigger()", []),
        ("CREATE SCHEMA mine", []),
    ]

    private static func insert(_ columns: String, _ values: String) -> String {
        """
        INSERT INTO outbox_events (aggregate_id, aggregate_type, event_type, payload, \(columns))
        VALUES ('P', 'position', 'position.updated', '{}', \(values))
        """
    }

    private static func database() async throws -> TestDatabase {
        let database = try await TestDatabase.make("roles")
        try await database.pool.withConnection { connection in
            for migrator in others {
                try await migrator.apply(on: connection)
                try await migrator.makeRoles(PQGroupRoles(), on: connection)
            }
        }
        return database
    }

    @Test("each may do what its work takes, and is refused all else")
    func refusals() async throws {
        let database = try await Self.database()
        try await database.pool.withConnection { connection in
            for (statement, may) in Self.table {
                for kind in Self.kinds {
                    var state: String?
                    do {
                        try await connection.run(script: "BEGIN; SET LOCAL ROLE outbox_\(kind); \(statement); ROLLBACK")
                    } catch {
                        state = (error as? PQError)?.sqlState ?? "\(error)"
                        try await connection.run(script: "ROLLBACK")
                    }
                    #expect(state == (may.contains(kind) ? nil : "42501"), "\(kind): \(statement)")
                }
            }
        }
        await database.pool.close()
    }

    @Test("none of them may log in, or is more than its rights")
    func attributes() async throws {
        let database = try await Self.database()
        let plain = try await database.pool.withConnection {
            try await $0.query(
                """
                SELECT count(*) FROM pg_roles WHERE rolname = ANY(\(Self.kinds.map { "outbox_" + $0 }))
                    AND NOT (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
                """)
        }
        #expect(try plain.int64(row: 0, column: 0) == 4)
        await database.pool.close()
    }

    /// All that any group role may do in a database.
    private static func rights(_ connection: PQConnection) async throws -> Set<String> {
        let result = try await connection.query(
            """
            SELECT format('%s %s on %s', a.grantee::regrole, a.privilege_type, o.name)
            FROM (
                SELECT oid::regclass::text, relacl FROM pg_class
                UNION ALL
                SELECT format('%s (%I)', attrelid::regclass, attname), attacl FROM pg_attribute
                WHERE NOT attisdropped
                UNION ALL
                SELECT oid::regprocedure::text, proacl FROM pg_proc
            ) AS o (name, acl), aclexplode(o.acl) AS a
            WHERE a.grantee <> 0 AND a.grantee::regrole::text = ANY(\(kinds.map { "outbox_" + $0 }))
            """)
        return Set(try result.rows.map { try $0.decode(0, as: String.self) })
    }

    @Test("whatever version the schema comes from, migrations leave them the same rights")
    func everyVersion() async throws {
        let database = try await Self.database()
        try await database.pool.withConnection { connection in
            let expected = try await Self.rights(connection)
            #expect(expected.count > 100)
            for version in 0..<OutboxMigrations.migrator.migrations.count {
                try await OutboxMigrations.migrator.revert(on: connection, to: version)
                if version < 9 { #expect(try await Self.rights(connection) != expected) }
                try await OutboxMigrations.apply(on: connection)
                #expect(try await Self.rights(connection) == expected, "from version \(version)")
            }
            for migrator in Self.others {
                for version in 0..<migrator.migrations.count {
                    try await migrator.revert(on: connection, to: version)
                    try await migrator.apply(on: connection)
                    #expect(try await Self.rights(connection) == expected, "\(migrator.table) from version \(version)")
                }
            }
            // Rights on columns that are gone, which the server keeps, are in nobody's way.
            let parts = try await OutboxPartitions.convert(in: database.pool, rows: 100)
            #expect(parts != nil)
            #expect(try await Self.rights(connection).isSuperset(of: expected))
        }
        await database.pool.close()
    }

    @Test("a table that a migration makes is granted to somebody")
    func everyTable() async throws {
        let database = try await Self.database()
        let forgotten = try await database.pool.withConnection {
            try await $0.query(
                """
                SELECT c.relname::text FROM pg_class c
                WHERE c.relkind IN ('r', 'p', 'S') AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (
                    SELECT FROM aclexplode(c.relacl) AS a WHERE a.grantee <> c.relowner
                    UNION ALL
                    SELECT FROM pg_attribute t, aclexplode(t.attacl) WHERE t.attrelid = c.oid)
                ORDER BY 1
                """)
        }
        // What only the owner's function works on, and sequences of identity columns, which take no right.
        #expect(
            try forgotten.rows.map { try $0.decode(0, as: String.self) } == [
                "outbox_consumer_audit_id_seq", "outbox_consumer_held_events_place_seq", "outbox_settled_partitions",
            ])
        await database.pool.close()
    }

    @Test("an owner who may not make roles has them made by somebody else, from the printed SQL")
    func printed() async throws {
        let server = try await PostgresServer.shared()
        let suffix = String(UInt32.random(in: 0 ... .max), radix: 36)
        let (owner, prefix) = ("owner_\(suffix)", "r\(suffix)_")
        let database = try await TestDatabase.make("roles", migrate: false)
        let name = PostgresServer.databaseName(in: database.url)
        try await database.run("CREATE ROLE \(owner) LOGIN; ALTER DATABASE \(name) OWNER TO \(owner)")
        // Before version 15, everybody may make tables in the schema public.
        try await database.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO \(owner)")
        let url = server.url(database: name).replacing("postgres@", with: "\(owner)@")
        func migrate(_ options: String...) async throws -> Chain.Ran {
            let options = ["migrate", "--roles", "--role-prefix", prefix] + options
            return try await LanesFixture.ran(options.joined(separator: " "), url: url)
        }
        let refused = try await migrate()
        #expect(refused.status == .exited(1))
        #expect(refused.errors.contains("outbox migrate --roles --print"), "\(refused.errors)")
        let printed = try await migrate("--print")
        #expect(printed.status == .exited(0))
        // As psql does, all in one transaction; and again.
        for _ in 0..<2 { try await database.run(printed.output) }
        let repeated = try await migrate()
        #expect(repeated.status == .exited(0), "\(repeated.errors)")
        #expect(repeated.output.contains("group roles: \(prefix)writer, \(prefix)dispatcher, \(prefix)operator\n"))
        try await database.run(
            "CREATE ROLE \(owner)_writer LOGIN IN ROLE \(prefix)writer; SET ROLE \(owner)_writer; "
                + Self.insert("event_id", "gen_random_uuid()") + "; RESET ROLE")
        #expect(try await database.count() == 1)
        await database.pool.close()
    }

    @Test("a prefix that is no name is refused")
    func prefix() async throws {
        for prefix in ["", "Outbox_", "1_", "a-b", "a\"; DROP TABLE x", String(repeating: "a", count: 42)] {
            #expect(throws: PQError.self) { try PQGroupRoles(prefix: prefix) }
        }
        let ran = try await LanesFixture.ran("migrate --print --roles --role-prefix A", url: "postgresql:///none")
        #expect(ran.status == .exited(2))
        let alone = try await LanesFixture.ran("migrate --print --role-prefix a", url: "postgresql:///none")
        #expect(alone.status == .exited(2))
    }
}
