import LibPQ
import Servers
import Testing

/// A pool lends what lies in it without asking the server, as long as the server has sent nothing meanwhile.
@Suite("LibPQ: connections at rest in a pool")
struct RestingConnectionTests {
    /// What ends a session that does nothing.
    enum Ending: CaseIterable {
        case administrator, idleTimeout
    }

    @Test("one that the server has ended is not lent", arguments: Ending.allCases)
    func ended(_ ending: Ending) async throws {
        try await withPool { pool, watcher in
            for _ in 0..<5 {
                let process = try await pool.withConnection { connection in
                    if ending == .idleTimeout { try await connection.execute("SET idle_session_timeout = 1") }
                    return await connection.backendProcessID
                }
                if ending == .administrator { try await end(process, watcher) }
                try await waitUntilOver(process, watcher)
                #expect(try await pool.withConnection { try await $0.integer("SELECT 1") } == 1)
            }
        }
    }

    @Test("one that was ended while it was lent, and not used since, is not lent again")
    func endedWhileLent() async throws {
        try await withPool { pool, watcher in
            try await pool.withConnection { connection in
                try await connection.execute("SELECT 1")
                let process = await connection.backendProcessID
                try await end(process, watcher)
                try await waitUntilOver(process, watcher)
            }
            #expect(try await pool.withConnection { try await $0.integer("SELECT 1") } == 1)
        }
    }

    @Test("one whose end its thread has noticed is not lent, whoever has its socket's number now")
    func endedWhileWatched() async throws {
        try await withPool { pool, watcher in
            for _ in 0..<5 {
                let process = try await pool.withConnection { connection in
                    try await connection.listen("c")
                    // The thread watches the socket from now on.
                    #expect(try await connection.nextNotification(timeout: .zero) == nil)
                    return await connection.backendProcessID
                }
                try await end(process, watcher)
                try await waitUntilOver(process, watcher)
                var others: [PQConnection] = []
                for _ in 0..<3 { others.append(try await PQConnection.connect(pool.configuration)) }
                #expect(try await pool.withConnection { try await $0.integer("SELECT 1") } == 1)
                for other in others { await other.close() }
            }
        }
    }

    @Test("one that its user closed is not lent again")
    func closed() async throws {
        try await withPool { pool, _ in
            try await pool.withConnection { connection in
                try await connection.execute("SELECT 1")
                await connection.close()
            }
            #expect(try await pool.withConnection { try await $0.integer("SELECT 1") } == 1)
        }
    }

    @Test(
        "none is lent whose other end is gone, with a last word (server) or without (pooler)", arguments: [false, true])
    func crash(ofPooler: Bool) async throws {
        let server = try await PostgresServer.start()
        let pooler = try await PgBouncer.start(before: server)
        let url = ofPooler ? pooler.url(insteadOf: server.url) : server.url
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 4)
        try await pool.withConnection { _ in
            try await pool.withConnection { _ in
                try await pool.withConnection { try await $0.run(script: "CREATE TABLE t (a int8)") }
            }
        }
        if ofPooler {
            pooler.kill()
            try await pooler.start()
        } else {
            server.kill()
            // Once it is up again, all of its sessions of before are over.
            try await server.start()
        }
        let rows = try await withThrowingTaskGroup(of: Int.self) { group in
            for row in 0..<4 {
                group.addTask {
                    try await pool.withConnection { try await $0.execute("INSERT INTO t VALUES (\(row))") }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(rows == 4)
        await pool.close()
        try await server.close()
    }

    @Test("what the server sends to one that is well costs no connection")
    func notified() async throws {
        try await withPool { pool, sender in
            // As a statement, so that the pool doesn't know that there is something to stop when it comes back.
            let process = try await pool.withConnection { connection in
                try await connection.execute("LISTEN c")
                return await connection.backendProcessID
            }
            var received = 0
            try await eventually(within: .seconds(60), "20 notifications have come, most of them at rest") {
                try await sender.execute("SELECT pg_notify('c', '')")
                return try await pool.withConnection { connection in
                    #expect(await connection.backendProcessID == process)
                    if try await connection.nextNotification(timeout: .zero) != nil { received += 1 }
                    return received == 20
                }
            }
        }
    }

    /// Gives a pool of one connection, and a connection beside it, to the same database.
    private func withPool(_ body: (PQPool, PQConnection) async throws -> Void) async throws {
        let configuration = PQConfiguration(url: try await PostgresServer.shared().createDatabase("libpq"))
        let pool = PQPool(configuration, maximumConnections: 1)
        let other = try await PQConnection.connect(configuration)
        try await body(pool, other)
        await other.close()
        await pool.close()
    }

    private func end(_ process: Int32, _ other: PQConnection) async throws {
        try await other.execute("SELECT pg_terminate_backend(\(process))")
    }

    private func waitUntilOver(_ process: Int32, _ other: PQConnection) async throws {
        try await eventually(within: .seconds(60), "the session is over") {
            try await other.integer("SELECT count(*) FROM pg_stat_activity WHERE pid = \(process)") == 0
        }
    }
}
