import LibPQ
import Servers
import Testing

@Suite("LibPQ: notifications")
struct NotificationTests {
    @Test("notifications arrive in order while other tasks use the connection")
    func order() async throws {
        let listener = try await LibPQDatabase.connect()
        let database: String = try await listener.query("SELECT current_database()")[0].decode(0)
        let sender = try await PQConnection.connect(
            PQConfiguration(url: try await PostgresServer.shared().url(database: database)))
        try await listener.listen("odd \"name")
        let received = Task {
            var payloads: [String] = []
            for try await notification in listener.notifications() {
                payloads.append(notification.payload)
                if payloads.count == 100 { break }
            }
            return payloads
        }
        for index in 0..<100 {
            try await sender.execute("SELECT pg_notify('odd \"name', \("\(index)"))")
            #expect(try await listener.integer("SELECT \(index)") == Int64(index))
        }
        #expect(try await received.value == (0..<100).map { "\($0)" })
    }

    @Test("waiting ends with the time, with the task, and with unlisten nothing comes")
    func endings() async throws {
        let connection = try await LibPQDatabase.connect()
        try await connection.listen("c")
        #expect(try await connection.nextNotification(timeout: .milliseconds(10)) == nil)
        let task = Task { try await connection.nextNotification() }
        // A waiting task does not hold the connection up.
        #expect(try await connection.integer("SELECT 1") == 1)
        task.cancel()
        await expectPQError(.cancelled) { try await task.value }
        try await connection.execute("SELECT pg_notify('c', 'x')")
        let own = try await connection.nextNotification(timeout: .seconds(60))
        #expect(own?.channel == "c" && own?.payload == "x")
        #expect(own?.processID == (await connection.backendProcessID))
        try await connection.unlisten("c")
        try await connection.execute("SELECT pg_notify('c', 'x')")
        #expect(try await connection.nextNotification(timeout: .milliseconds(10)) == nil)
    }

    @Test("who waits learns at once that the server has ended the session")
    func loss() async throws {
        let server = try await PostgresServer.start()
        let connection = try await PQConnection.connect(PQConfiguration(url: server.url))
        try await connection.listen("c")
        let waiting = Task { try await connection.nextNotification() }
        #expect(try await connection.integer("SELECT 1") == 1)
        try await server.terminateBackends()
        let error = await expectPQError(.connectionLost) { try await waiting.value }
        #expect(error?.isConnectionLost == true)
        #expect(await !connection.isUsable)
        try await server.close()
    }

    @Test("closing the connection ends the wait")
    func closing() async throws {
        let connection = try await LibPQDatabase.connect()
        let waiting = Task { try await connection.nextNotification() }
        #expect(try await connection.integer("SELECT 1") == 1)
        await connection.close()
        await expectPQError(.closed) { try await waiting.value }
        await expectPQError(.closed) { try await connection.execute("SELECT 1") }
        await connection.close()
    }

    @Test("a pooled connection forgets what it listened to")
    func pooled() async throws {
        let pool = PQPool(
            PQConfiguration(url: try await PostgresServer.shared().createDatabase("libpq")), maximumConnections: 1)
        try await pool.withConnection { connection in
            try await connection.listen("c")
            try await connection.execute("SELECT pg_notify('c', 'x')")
        }
        try await pool.withConnection { connection in
            try await connection.execute("SELECT pg_notify('c', 'y')")
            #expect(try await connection.nextNotification(timeout: .milliseconds(10)) == nil)
        }
        await pool.close()
    }
}
