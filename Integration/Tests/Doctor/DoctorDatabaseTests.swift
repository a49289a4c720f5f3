import FoundationEssentials
import Glibc
import LibPQ
import Testing

@testable import Faults
@testable import Outbox
@testable import OutboxDoctor
@testable import Servers

@Suite("outbox doctor: the database", .serialized)
struct DoctorDatabaseTests {
    /// Where nobody listens, so that the broker's troubles are the same each time.
    private static func environment(_ url: String) throws -> [String: String?] {
        ["DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:\(try FreePort.next())"]
    }

    @Test("no table, then an older schema, then a newer one: each is named, and what is printed mends it")
    func schema() async throws {
        let database = try await TestDatabase.make("doctor", migrate: false)
        let environment = try Self.environment(database.url)
        let first = try await DoctorRun.run(environment: environment)
        // A dead broker hides nothing of the database, and its exit status goes first.
        #expect(first["broker-down"] != nil && first.status == .exited(3))
        let missing = try #require(first["table-missing"])
        #expect(missing.severity == "error" && missing.commands == ["outbox migrate"])
        try await DoctorRun.type(missing.commands[0], environment: environment)
        let second = try await DoctorRun.run(environment: environment)
        #expect(second["table-missing"] == nil && second["schema"] != nil && second["index"] != nil)
        #expect(second["nobody-dispatches"]?.severity == "warning")

        _ = try await database.pool.withConnection { try await OutboxMigrations.migrator.revert(on: $0, to: 8) }
        let old = try #require(try await DoctorRun.run(environment: environment)["old-schema"])
        #expect(old.severity == "error")
        try await DoctorRun.type(old.commands[0], environment: environment)
        #expect(try await DoctorRun.run(environment: environment)["old-schema"] == nil)

        try await database.run("INSERT INTO outbox_migrations (version, name) VALUES (9999, 'of tomorrow')")
        #expect(try await DoctorRun.run(environment: environment)["newer-schema"] != nil)
        await database.pool.close()
    }

    @Test("an index of lanes that is not there, or not valid")
    func index() async throws {
        let database = try await TestDatabase.make("doctor")
        var environment = try Self.environment(database.url)
        environment["OUTBOX_DISPATCH_LANES"] = "16"
        let missing = try #require(try await DoctorRun.run(environment: environment)["lane-index-missing"])
        try await DoctorRun.type(missing.commands[0], environment: environment)
        #expect(try await DoctorRun.run(environment: environment)["lane-index-missing"] == nil)
        // As an interrupted CREATE INDEX CONCURRENTLY leaves it.
        try await database.run(
            "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'outbox_events_lane_16_idx'::regclass")
        let broken = try #require(try await DoctorRun.run(environment: environment)["lane-index-missing"])
        try await DoctorRun.type(broken.commands[0], environment: environment)
        #expect(try await DoctorRun.run(environment: environment)["lane-index-missing"] == nil)
        await database.pool.close()
    }

    @Test("a role without rights is told which, and has them after the GRANT; an owner has too many")
    func rights() async throws {
        let database = try await TestDatabase.make("doctor")
        let role = "doctor_\(UInt32.random(in: 0 ... .max))"
        // Before PostgreSQL 15 everybody may make tables there.
        try await database.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        try await database.run("CREATE ROLE \(role) LOGIN; GRANT SELECT ON outbox_events TO \(role)")
        let environment = try Self.environment(database.url(as: role))
        let run = try await DoctorRun.run(environment: environment)
        let lacking = try #require(run["role-without-rights"])
        #expect(lacking.seen.contains("UPDATE on outbox_lanes") && !lacking.seen.contains("SELECT on outbox_events,"))
        #expect(run["role-with-too-many-rights"] == nil)
        // What it may not see is a note, and no more.
        #expect(run.findings.contains { $0.id == "not-allowed-to-look" && $0.severity == "note" })
        try await DoctorRun.type(lacking.commands[0], environment: ["DATABASE_URL": database.url])
        let mended = try await DoctorRun.run(environment: environment)
        #expect(mended["role-without-rights"] == nil && mended["rights"] != nil)
        let asOwner = try await DoctorRun.run(["--role", "writer"], environment: try Self.environment(database.url))
        #expect(asOwner["role-with-too-many-rights"]?.severity == "warning")
        // In a schema that it may not even use, the tables look missing; it is said what they are.
        try await database.run("CREATE SCHEMA hidden; ALTER TABLE outbox_events SET SCHEMA hidden")
        #expect(
            try await DoctorRun.run(environment: environment)["role-without-rights"]?.seen.contains("hidden") == true)
        await database.pool.close()
    }

    @Test("no such database, nobody at the port, another server at the port, no such host, no such role")
    func unreachable() async throws {
        let server = try await PostgresServer.shared()
        let broker = try await KafkaBroker.shared()
        func ids(_ url: String) async throws -> [String] {
            let run = try await DoctorRun.run(environment: try Self.environment(url))
            #expect(run.status == .exited(3))
            return run.findings.filter { $0.severity == "error" }.map(\.id).filter { $0 != "broker-down" }
        }
        #expect(try await ids(server.url(database: "nowhere")) == ["database-missing"])
        #expect(try await ids(server.url + "?user=nobody_at_all") == ["login-refused"])
        let down = try await ids("postgresql://postgres@127.0.0.1:\(try FreePort.next())/x")
        #expect(down == ["database-down"] || down == ["wrong-port"], "a PostgreSQL may be at its usual port here")
        #expect(try await ids("postgresql://postgres@host.invalid/x") == ["host-unknown"])
        if broker.kind != .mock {
            #expect(try await ids("postgresql://postgres@\(broker.bootstrapServers)/x") == ["wrong-port"])
        }
    }

    @Test("a transaction that stays open is seen, with whose it is")
    func longTransaction() async throws {
        let database = try await TestDatabase.make("doctor")
        try await database.pool.withTransaction { transaction in
            let own = try await transaction.query("SELECT pg_backend_pid()::int8").int64(row: 0, column: 0)
            let connection = try await PQConnection.connect(PQConfiguration(url: database.url))
            let facts = try await SessionsFacts.read(connection)
            await connection.close()
            let seen = try #require(facts.transactions.first { Int64($0.processID) == own })
            #expect(seen.role == "postgres" && seen.isIdle)
        }
        await database.pool.close()
    }

    @Test("a disk that takes nothing more", .enabled(if: geteuid() == 0, "needs root, to mount a small disk"))
    func diskFull() async throws {
        guard let disk = try? await SmallDisk.make().get() else {
            print("no disk can be mounted here; not looked at")
            return
        }
        let database = try await TestDatabase.make("doctor")
        let name = PostgresServer.databaseName(in: database.url)
        await database.pool.close()
        let admin = try await PQConnection.connect(PQConfiguration(url: try await PostgresServer.shared().url))
        let space = "doctor_\(UInt32.random(in: 0 ... .max))"
        try await admin.run(script: "CREATE TABLESPACE \(space) LOCATION '\(disk.path)'")
        try await admin.run(script: "ALTER DATABASE \"\(name)\" SET TABLESPACE \(space)")
        let environment = try Self.environment(database.url)
        #expect(try await DoctorRun.run(environment: environment)["disk-full"]?.severity != "error")
        try await disk.fill()
        let full = try #require(try await DoctorRun.run(environment: environment)["disk-full"])
        #expect(full.severity == "error" && full.seen.contains("No space left"))
        try await disk.free()
        #expect(try await DoctorRun.run(environment: environment)["disk-full"]?.severity != "error")
        try await admin.run(script: "DROP DATABASE \"\(name)\" WITH (FORCE)")
        try await admin.run(script: "DROP TABLESPACE \(space)")
        await admin.close()
        await disk.close()
    }
}
