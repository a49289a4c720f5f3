import LibPQ
import Servers
import Testing

@Suite("LibPQ: pool and lost connections")
struct PoolTests {
    private struct Refusal: Error {}

    @Test("never more connections than allowed, and all of them are used again")
    func bounded() async throws {
        let url = try await PostgresServer.shared().createDatabase("libpq")
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 3)
        let processes = Locked<Set<Int32>>([])
        let inUse = Locked((now: 0, most: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    try await pool.withConnection { connection in
                        inUse.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        defer { inUse.withLock { $0.now -= 1 } }
                        let process = await connection.backendProcessID
                        _ = processes.withLock { $0.insert(process) }
                        let value = try await connection.integer("SELECT \(index)")
                        #expect(value == Int64(index))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(inUse.withLock { $0.most } <= 3)
        #expect(processes.withLock { $0.count } <= 3)
        await pool.close()
        await expectPQError(.poolClosed) { try await pool.withConnection { _ in } }
    }

    @Test("who finds all in use gives up in time, or when cancelled, and gets its turn otherwise")
    func waiting() async throws {
        let url = try await PostgresServer.shared().createDatabase("libpq")
        // Time enough to connect on a busy machine, but for ever it does not wait.
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 1, acquireTimeout: .seconds(3))
        let patient = PQPool(PQConfiguration(url: url), maximumConnections: 1)
        try await pool.withConnection { _ in
            await expectPQError(.poolExhausted) { try await pool.withConnection { _ in } }
        }
        let waiter = try await patient.withConnection { _ in
            let cancelled = Task { try await patient.withConnection { _ in } }
            cancelled.cancel()
            await expectPQError(.cancelled) { try await cancelled.value }
            return Task { try await patient.withConnection { try await $0.integer("SELECT 7") } }
        }
        #expect(try await waiter.value == 7)
        await pool.close()
        await patient.close()
    }

    @Test("a closure that throws, or leaves a transaction open, spoils nothing")
    func leftovers() async throws {
        let pool = PQPool(
            PQConfiguration(url: try await PostgresServer.shared().createDatabase("libpq")), maximumConnections: 1)
        await #expect(throws: Refusal.self) { try await pool.withConnection { _ in throw Refusal() } }
        try await pool.withConnection { try await $0.run(script: "BEGIN; CREATE TABLE t (a int8)") }
        try await pool.withConnection { connection in
            try await connection.withTransaction { _ in }
            #expect(try await connection.integer("SELECT count(*) FROM pg_class WHERE relname = 't'") == 0)
        }
        await pool.close()
    }

    @Test("closing waits for lent connections and fails those who wait")
    func closing() async throws {
        let pool = PQPool(
            PQConfiguration(url: try await PostgresServer.shared().createDatabase("libpq")), maximumConnections: 1)
        let isDone = Locked(false)
        let (closing, waiting) = try await pool.withConnection { connection in
            let waiting = Task { try await pool.withConnection { _ in } }
            let closing = Task {
                await pool.close()
                #expect(isDone.withLock { $0 })
            }
            await expectPQError(.poolClosed) { try await waiting.value }
            let value = try await connection.integer("SELECT 1")
            #expect(value == 1)
            isDone.withLock { $0 = true }
            return (closing, waiting)
        }
        await closing.value
        await expectPQError(.poolClosed) { try await waiting.value }
    }

    @Test("a connection that the server ended is marked, told about, and replaced")
    func lostConnection() async throws {
        let server = try await PostgresServer.start()
        let pool = PQPool(PQConfiguration(url: server.url), maximumConnections: 2)
        try await pool.withConnection { connection in
            let running = Task { try await connection.execute("SELECT pg_sleep(600)") }
            try await eventually(within: .seconds(60), "it is ended while it runs") {
                try await server.terminateBackends()
                return await !connection.isUsable
            }
            let error = await expectPQError(.connectionLost) { try await running.value }
            #expect(error?.isTransient == true)
            await expectPQError(.connectionLost) { try await connection.execute("SELECT 1") }
        }
        #expect(try await pool.withConnection { try await $0.integer("SELECT 1") } == 1)
        await pool.close()
        try await server.close()
    }

    @Test("a restart of the server is survived, by those who wait for it too")
    func restart() async throws {
        let server = try await PostgresServer.start()
        let pool = PQPool(PQConfiguration(url: server.url), maximumConnections: 2, acquireTimeout: .seconds(120))
        try await pool.withConnection { try await $0.run(script: "CREATE TABLE t (a int8)") }
        try await server.stop(mode: .immediate)
        let waiting = (0..<6).map { index in
            Task { try await pool.withTransaction { try await $0.execute("INSERT INTO t VALUES (\(index))") } }
        }
        let short = PQPool(PQConfiguration(url: server.url), acquireTimeout: .milliseconds(300))
        await expectPQError(.connectionFailed) { try await short.withConnection { _ in } }
        try await server.start()
        for task in waiting { #expect(try await task.value == 1) }
        #expect(try await pool.withConnection { try await $0.integer("SELECT count(*) FROM t") } == 6)
        await pool.close()
        try await server.close()
    }

    @Test("what trying again can't mend fails at once")
    func permanent() async throws {
        let server = try await PostgresServer.shared()
        let pool = PQPool(PQConfiguration(url: server.url(database: "nothing")), acquireTimeout: .seconds(600))
        let error = await expectPQError(.connectionFailed, "3D000") { try await pool.withConnection { _ in } }
        #expect(error?.isTransient == false)
    }

    @Test("a Unix socket works as well")
    func unixSocket() async throws {
        let connection = try await PQConnection.connect(
            PQConfiguration(url: try await PostgresServer.shared().socketURL()))
        #expect(try await connection.integer("SELECT 1") == 1)
    }
}
