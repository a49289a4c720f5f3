import LibPQ
import Servers
import Testing

@Suite("LibPQ: through PgBouncer in transaction mode")
struct PoolerTests {
    /// Runs a test on a new database, with a pooler that has a given number of sessions for it.
    private func with(
        sessions: Int, _ body: (_ direct: String, _ pooled: String, PgBouncer) async throws -> Void
    ) async throws {
        let server = try await PostgresServer.shared()
        let bouncer = try await PgBouncer.start(before: server, settings: ["default_pool_size": "\(sessions)"])
        let direct = try await server.createDatabase("libpq")
        try await body(direct, bouncer.url(insteadOf: direct), bouncer)
    }

    private func connect(
        _ url: String, _ pooling: PQPooling = .automatic, settings: [String: String] = [:],
        statementTimeout: Duration? = nil
    ) async throws -> PQConnection {
        try await PQConnection.connect(
            PQConfiguration(
                url: url, connectTimeout: .seconds(60), statementTimeout: statementTimeout, sessionSettings: settings,
                pooling: pooling))
    }

    @Test("a pooler is noticed, and none is seen where there is none")
    func detection() async throws {
        try await with(sessions: 2) { direct, pooled, _ in
            for (url, pooling, isPooled) in [
                (direct, PQPooling.automatic, false), (direct, .transaction, true), (pooled, .automatic, true),
                (pooled, .session, false),
            ] {
                let connection = try await connect(url, pooling)
                #expect(await connection.isPooled == isPooled)
            }
        }
    }

    @Test("settings hold in each statement, pipeline and transaction, and stay behind for nobody")
    func settings() async throws {
        try await with(sessions: 1) { _, pooled, _ in
            let one = try await connect(
                pooled, settings: ["work_mem": "7MB", "application_name": "it's one"], statementTimeout: .seconds(77))
            let other = try await connect(pooled)
            let show: PQStatement = """
                SELECT concat_ws(' ', current_setting('work_mem'), current_setting('statement_timeout'))
                """
            for _ in 0..<2 {
                #expect(try await one.query(show)[0].decode(0, as: String.self) == "7MB 77s")
                #expect(try await other.query(show)[0].decode(0, as: String.self) == "4MB 0")
                let results = try await one.pipeline([show, "SELECT \(1)", show])
                #expect(results.count == 3)
                #expect(try results[2][0].decode(0, as: String.self) == "7MB 77s")
                let inside = try await one.withTransaction(isolation: .repeatableRead) { transaction in
                    try await transaction.run(script: "LOCK TABLE pg_description IN ACCESS SHARE MODE")
                    return try await transaction.query(show)[0].decode(0, as: String.self)
                }
                #expect(inside == "7MB 77s")
                #expect(try await other.query(show)[0].decode(0, as: String.self) == "4MB 0")
            }
            #expect(
                try await one.query("SELECT current_setting('application_name')")[0].decode(0, as: String.self)
                    == "it's one")
        }
    }

    @Test("statements left for COMMIT run with it")
    func atCommit() async throws {
        try await with(sessions: 1) { _, pooled, _ in
            let one = try await connect(pooled, settings: ["work_mem": "7MB"])
            let other = try await connect(pooled)
            try await one.run(script: "CREATE TABLE t (a int8 UNIQUE)")
            for value in Int64(1)...2 {
                try await one.withTransaction { try $0.atCommit("INSERT INTO t VALUES (\(value))") }
                #expect(try await other.integer("SELECT count(*) FROM t") == value)
            }
            await expectPQError(.server, "23505") {
                try await one.withTransaction { try $0.atCommit("INSERT INTO t VALUES (1)") }
            }
            #expect(try await other.integer("SELECT count(*) FROM t") == 2)
        }
    }

    @Test("a setting that the server refuses fails each statement and transaction, and the connection stays usable")
    func refusedSetting() async throws {
        try await with(sessions: 1) { _, pooled, _ in
            let connection = try await connect(pooled, settings: ["work_mem": "a lot"])
            for _ in 0..<2 {
                await expectPQError(.server, "22023") { try await connection.query("SELECT 1") }
                await expectPQError(.server, "22023") { try await connection.withTransaction { _ in } }
            }
            try await connection.run(script: "SELECT 1")
        }
    }

    @Test("a statement that takes too long is stopped, and so is a cancelled one; others on the session are not")
    func stopping() async throws {
        try await with(sessions: 1) { _, pooled, _ in
            let connection = try await connect(pooled, statementTimeout: .milliseconds(50))
            await expectPQError(.timeout) { try await connection.query("SELECT pg_sleep(60)") }
            let other = try await connect(pooled)
            let watcher = try await connect(PostgresServer.shared().url)
            for value in Int64(0)..<3 {
                let sleep: PQStatement = "SELECT pg_sleep(60), 'pooled cancel \(unsafe: "\(value)")'"
                let task = Task { try await other.execute(sleep) }
                let pattern = "%pooled cancel \(value)%"
                try await eventually(within: .seconds(60), "the statement runs") {
                    try await watcher.integer(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE query LIKE \(pattern) AND state = 'active' AND pid <> pg_backend_pid()
                        """) > 0
                }
                task.cancel()
                await expectPQError(.cancelled) { try await task.value }
                #expect(try await connection.integer("SELECT \(value)") == value)
                #expect(try await other.integer("SELECT \(value)") == value)
            }
        }
    }

    @Test("many connections run the same statements on few sessions")
    func sharing() async throws {
        try await with(sessions: 3) { _, pooled, _ in
            let pool = PQPool(PQConfiguration(url: pooled, sessionSettings: ["jit": "off"]), maximumConnections: 12)
            try await pool.withConnection { try await $0.run(script: "CREATE TABLE sums (n BIGINT NOT NULL)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in Int64(0)..<12 {
                    group.addTask {
                        for round in Int64(0)..<20 {
                            try await pool.withTransaction { transaction in
                                try await transaction.execute("INSERT INTO sums VALUES (\(index))")
                                try await transaction.execute("INSERT INTO sums VALUES (\(round))")
                            }
                            let sum: PQStatement = "SELECT \(index) + \(round)"
                            #expect(try await pool.withConnection { try await $0.integer(sum) } == index + round)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await pool.withConnection { try await $0.integer("SELECT sum(n)::int8 FROM sums") }
            #expect(sum == 20 * 66 + 12 * 190)
            await pool.close()
        }
    }

    @Test("what needs a session to itself is refused, with the setting that says otherwise")
    func refusals() async throws {
        try await with(sessions: 1) { _, pooled, _ in
            let connection = try await connect(pooled)
            let migrator = PQMigrator([], table: "steps")
            for error in [
                await expectPQError(.sharedSession) { try await connection.listen("news") },
                await expectPQError(.sharedSession) { try await migrator.apply(on: connection) },
            ] {
                #expect(error?.message.contains("OUTBOX_DATABASE_POOLING=session") == true)
            }
            #expect(try await connection.integer("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0)
        }
    }

    @Test("a pooler wrongly said to be in session mode shows when a statement is gone; no other one is run instead")
    func overlooked() async throws {
        try await with(sessions: 2) { _, pooled, bouncer in
            // Older ones don't know the setting, and no statement either.
            try? await bouncer.command("SET max_prepared_statements = 0")
            let wrong = try await connect(pooled, .session)
            let also = try await connect(pooled, .session)
            let other = try await connect(pooled)
            #expect(try await wrong.integer("SELECT \(Int64(1))") == 1)
            // Has the session in which that was prepared to itself; what follows is left to the other one.
            try await other.withTransaction { transaction in
                _ = try await transaction.query("SELECT 1")
                #expect(try await also.integer("SELECT -\(Int64(1))") == -1)
                let error = await expectPQError(.sharedSession, "26000") {
                    try await wrong.integer("SELECT \(Int64(1))")
                }
                #expect(error?.message.contains("OUTBOX_DATABASE_POOLING=auto") == true)
            }
        }
    }

    @Test("a URL with settings that the pooler does not take says what to do")
    func startupParameters() async throws {
        try await with(sessions: 1) { _, pooled, _ in
            let error = await expectPQError(.usage, "08P01") { try await connect(pooled + "?options=-cjit%3Doff") }
            #expect(error?.message.contains("ignore_startup_parameters") == true)
        }
    }

    @Test("sessions that the pooler or the server ends are an outage that passes")
    func outages() async throws {
        try await with(sessions: 1) { direct, pooled, bouncer in
            let pool = PQPool(PQConfiguration(url: pooled), maximumConnections: 2, acquireTimeout: .seconds(60))
            let first = try await pool.withConnection { try await $0.integer("SELECT pg_backend_pid()::int8") }
            try await bouncer.command("RECONNECT")
            try await eventually(within: .seconds(60), "another session is used") {
                try await pool.withConnection { try await $0.integer("SELECT pg_backend_pid()::int8") } != first
            }
            let error = await expectPQError(.connectionLost) {
                try await pool.withTransaction { transaction in
                    _ = try await transaction.query("SELECT 1")
                    try await PostgresServer.shared().terminateBackends(
                        database: PostgresServer.databaseName(in: direct))
                    _ = try await transaction.query("SELECT 1")
                }
            }
            #expect(error?.isTransient == true)
            #expect(try await pool.withConnection { try await $0.integer("SELECT 2::int8") } == 2)
            await expectPQError(.connectionLost) {
                try await pool.withTransaction { transaction in
                    _ = try await transaction.query("SELECT 1")
                    bouncer.kill()
                    _ = try await transaction.query("SELECT 1")
                }
            }
            try await bouncer.start()
            #expect(try await pool.withConnection { try await $0.integer("SELECT 3::int8") } == 3)
            await pool.close()
        }
    }
}
