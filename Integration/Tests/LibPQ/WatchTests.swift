import LibPQ
import Servers
import Testing

@Suite("LibPQ: watching a number")
struct WatchTests {
    private static let look: PQStatement = "SELECT coalesce(max(n), 0) FROM numbers"

    /// A connection that has a table to watch, and another one to write to it.
    private func connect() async throws -> (watching: PQConnection, other: PQConnection) {
        let url = try await PostgresServer.shared().createDatabase("libpq")
        let configuration = PQConfiguration(url: url, connectTimeout: .seconds(60))
        let other = try await PQConnection.connect(configuration)
        try await other.run(script: "CREATE TABLE numbers (n BIGINT NOT NULL)")
        return (try await PQConnection.connect(configuration), other)
    }

    /// Waits until the connection's process has begun a few statements, one after the other.
    private func waitForLooks(of process: Int32, on other: PQConnection) async throws {
        var starts: Set<String> = []
        try await eventually(within: .seconds(30), "it looks again and again") {
            let start = try await other.query(
                "SELECT coalesce(query_start::text, '') FROM pg_stat_activity WHERE pid = \(process)")
            starts.insert(try start[0].decode(0, as: String.self))
            return starts.count > 3
        }
    }

    @Test("is had at once when it is not known or another one, and otherwise as soon as it is another")
    func moves() async throws {
        let (connection, other) = try await connect()
        let process = await connection.backendProcessID
        for known in [nil, 5] as [Int64?] {
            let number = try await connection.number(
                from: Self.look, otherThan: known, lookingEvery: .seconds(600))
            #expect(number == 0)
        }
        let watch = Task {
            try await connection.number(from: Self.look, otherThan: 0, lookingEvery: .milliseconds(1))
        }
        try await waitForLooks(of: process, on: other)
        try await other.execute("INSERT INTO numbers VALUES (7)")
        let moved = try await watch.value
        #expect(moved == 7)
        #expect(try await connection.integer("SELECT 8") == 8)
    }

    @Test("a cancelled watch ends, between two looks and during one, and the connection goes on", arguments: [0, 600])
    func cancelled(restSeconds: Int) async throws {
        let (connection, other) = try await connect()
        let process = await connection.backendProcessID
        // Either the server takes its time or the connection does.
        let look: PQStatement = restSeconds > 0 ? Self.look : "SELECT count(*) FROM pg_sleep(600) AS numbers"
        let watch = Task {
            try await connection.number(from: look, otherThan: 0, lookingEvery: .seconds(restSeconds))
        }
        let state = restSeconds > 0 ? "idle" : "active"
        try await eventually(within: .seconds(30), "it watches") {
            try await other.integer(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE pid = \(process) AND query LIKE '%numbers%' AND state = \(state)
                """) == 1
        }
        watch.cancel()
        await expectPQError(.cancelled) { try await watch.value }
        #expect(try await connection.integer("SELECT 9") == 9)
        #expect(await connection.backendProcessID == process)
    }

    @Test("ends with the server's process")
    func processEnds() async throws {
        let (connection, other) = try await connect()
        let process = await connection.backendProcessID
        let watch = Task {
            try await connection.number(from: Self.look, otherThan: 0, lookingEvery: .milliseconds(1))
        }
        try await waitForLooks(of: process, on: other)
        try await other.execute("SELECT pg_terminate_backend(\(process))")
        await expectPQError(.connectionLost) { try await watch.value }
        #expect(await !connection.isUsable)
    }

    @Test("gives a connection up that leaves a look unanswered, and not one that answers each in time")
    func patience() async throws {
        let (connection, other) = try await connect()
        let process = await connection.backendProcessID
        let watch = Task {
            try await connection.number(
                from: Self.look, otherThan: 0, lookingEvery: .milliseconds(1), patience: .seconds(60))
        }
        try await waitForLooks(of: process, on: other)
        try await other.execute("INSERT INTO numbers VALUES (1)")
        let moved = try await watch.value
        #expect(moved == 1)
        await expectPQError(.connectionLost) {
            try await connection.number(
                from: "SELECT count(*) FROM pg_sleep(600)", otherThan: 0, lookingEvery: .zero,
                patience: .milliseconds(50))
        }
        #expect(await !connection.isUsable)
        try await other.execute("SELECT pg_terminate_backend(\(process))")
    }
}
