import LibPQ
import Servers
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("LibPQ: cancellation")
struct CancellationTests {
    /// Waits until the connection's server process runs something that has a word in it.
    private func waitUntilRunning(_ word: String, on connection: PQConnection, watcher: PQConnection) async throws {
        let pattern = "%\(word)%"
        try await eventually(within: .seconds(60), "the statement runs") {
            try await watcher.integer(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE query LIKE \(pattern) AND state = 'active' AND pid <> pg_backend_pid()
                """) > 0
        }
    }

    @Test("a cancelled task's statement is stopped at the server, and the connection goes on")
    func query() async throws {
        let connection = try await LibPQDatabase.connect()
        let watcher = try await LibPQDatabase.connect()
        let process = await connection.backendProcessID
        for round in 0..<5 {
            let task = Task { try await connection.execute("SELECT pg_sleep(600), 'cancel \(unsafe: "\(round)")'") }
            try await waitUntilRunning("cancel \(round)", on: connection, watcher: watcher)
            task.cancel()
            await expectPQError(.cancelled) { try await task.value }
            // No late request hits what comes next.
            for value in 0..<20 { #expect(try await connection.integer("SELECT \(value)") == Int64(value)) }
        }
        #expect(await connection.backendProcessID == process)
    }

    @Test("cancellation at any moment leaves a connection that works")
    func anyMoment() async throws {
        let pool = PQPool(
            PQConfiguration(url: try await PostgresServer.shared().createDatabase("libpq")), maximumConnections: 1)
        for index in 0..<100 {
            let task = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("SELECT pg_sleep(0.001)")
                    return try await transaction.pipeline(["SELECT pg_sleep(0.001)", "SELECT \(index)"]).count
                }
            }
            try await Task.sleep(for: .microseconds(index * 100))
            task.cancel()
            do {
                #expect(try await task.value == 2)
            } catch let error as PQError {
                #expect(error.code == .cancelled, "\(error)")
            }
            #expect(try await pool.withConnection { try await $0.integer("SELECT \(index)") } == Int64(index))
        }
        await pool.close()
    }

    @Test("a cancelled transaction is rolled back")
    func transaction() async throws {
        let connection = try await LibPQDatabase.connect()
        let watcher = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (a int8)")
        let task = Task {
            try await connection.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                try await transaction.execute("SELECT pg_sleep(600), 'in transaction'")
            }
        }
        try await waitUntilRunning("in transaction", on: connection, watcher: watcher)
        task.cancel()
        await expectPQError(.cancelled) { try await task.value }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("a transaction that is cancelled while it commits, by what it had left for then, is rolled back")
    func atCommit() async throws {
        let connection = try await LibPQDatabase.connect()
        let watcher = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (a int8)")
        let task = Task {
            try await connection.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                try transaction.atCommit("SELECT pg_sleep(600), 'left for then'")
            }
        }
        try await waitUntilRunning("left for then", on: connection, watcher: watcher)
        task.cancel()
        await expectPQError(.cancelled) { try await task.value }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("a pipeline is cancelled as one")
    func pipeline() async throws {
        let connection = try await LibPQDatabase.connect()
        let watcher = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (a int8)")
        let task = Task {
            try await connection.pipeline(["INSERT INTO t VALUES (1)", "SELECT pg_sleep(600), 'piped'", "SELECT 1"])
        }
        try await waitUntilRunning("piped", on: connection, watcher: watcher)
        task.cancel()
        await expectPQError(.cancelled) { try await task.value }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("a task cancelled before it runs a statement sends none")
    func before() async throws {
        let connection = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (a int8)")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await connection.execute("INSERT INTO t VALUES (1)")
        }
        await expectPQError(.cancelled) { try await task.value }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("a server that does not answer the cancel request costs the connection, not the task")
    func mute() async throws {
        let server = try await PostgresServer.start()
        let configuration = PQConfiguration(url: server.url)
        let connection = try await PQConnection.connect(configuration)
        let watcher = try await PQConnection.connect(configuration)
        let process = await connection.backendProcessID
        let task = Task { try await connection.execute("SELECT pg_sleep(600), 'mute'") }
        try await waitUntilRunning("mute", on: connection, watcher: watcher)
        #expect(kill(process, SIGSTOP) == 0)
        task.cancel()
        await expectPQError(.cancelled) { try await task.value }
        #expect(await !connection.isUsable)
        await expectPQError(.connectionLost) { try await connection.execute("SELECT 1") }
        kill(process, SIGCONT)
        try await server.close()
    }
}
