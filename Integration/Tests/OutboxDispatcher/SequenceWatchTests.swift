import LibPQ
import Outbox
import Servers
import Testing

@testable import OutboxDispatcher

@Suite("Dispatcher: watching the sequence")
struct SequenceWatchTests {
    /// A watch on a new outbox, in a session of its own.
    private struct Watched: Sendable {
        let database: TestDatabase
        let pool: PQPool
        let watch: SequenceWatch
        let process: Int32

        /// What the session does, as others see it.
        struct Sight: Equatable {
            let state: String
            let wait: String
            let start: String
        }

        func sight() async throws -> Sight {
            let row = try await database.pool.withConnection { connection in
                try await connection.query(
                    """
                    SELECT coalesce(max(state), ''), coalesce(max(wait_event), ''), coalesce(max(query_start)::text, '')
                    FROM pg_stat_activity WHERE pid = \(process)
                    """)[0].decode((String, String, String).self)
            }
            return Sight(state: row.0, wait: row.1, start: row.2)
        }

        func isServerWaiting() async throws -> Bool { try await sight().wait == "PgSleep" }

        /// Begins to watch from where the sequence is now.
        func next() async throws -> (known: Int64, task: Task<Int64, any Error>) {
            let known = try await watch.next(after: nil)
            return (known, Task { try await watch.next(after: known) })
        }

        /// Draws a number in a transaction that has not ended when the number is seen.
        func draw(_ body: (Int64) async throws -> Void) async throws {
            try await database.pool.withTransaction { transaction in
                let drawn = try await transaction.query("SELECT nextval('outbox_events_id_seq')")
                try await body(try drawn.int64(row: 0, column: 0))
            }
        }
    }

    private func with(
        interval: Duration = .milliseconds(20), pooling: PQPooling = .automatic, statementTimeout: Duration? = nil,
        prepare: String = "", role: String? = nil, _ body: (Watched) async throws -> Void
    ) async throws {
        let database = try await TestDatabase.make("watch")
        try await database.run("SELECT nextval('outbox_events_id_seq'); \(prepare)")
        let pool = PQPool(
            PQConfiguration(
                url: role.map { database.url(as: $0) } ?? database.url, statementTimeout: statementTimeout,
                sessionSettings: Dispatcher.sessionSettings, pooling: pooling), maximumConnections: 1)
        let process = try await pool.withConnection { await $0.backendProcessID }
        try await body(
            Watched(
                database: database, pool: pool, watch: SequenceWatch(pool: pool, interval: interval), process: process))
        await pool.close()
        await database.pool.close()
    }

    @Test("the server waits, one bounded statement after the other, and sees a number before its transaction ends")
    func serverWaits() async throws {
        try await with { watched in
            let (known, next) = try await watched.next()
            var starts: Set<String> = []
            try await eventually(within: .seconds(30), "several statements have waited in vain") {
                let sight = try await watched.sight()
                if sight.wait == "PgSleep" { starts.insert(sight.start) }
                return starts.count > 3
            }
            try await watched.draw { number in
                let seen = try await next.value
                #expect(seen == number && seen == known + 1)
            }
        }
    }

    @Test("a cancelled watch stops the server's wait and leaves the session as it was")
    func cancelled() async throws {
        try await with { watched in
            let (known, next) = try await watched.next()
            try await eventually(within: .seconds(30), "the server waits") { try await watched.isServerWaiting() }
            next.cancel()
            await expectPQError(.cancelled) { try await next.value }
            #expect(try await watched.watch.next(after: nil) == known)
            #expect(try await watched.pool.withConnection { await $0.backendProcessID } == watched.process)
        }
    }

    @Test("behind a pooler it looks from here, and keeps no session for a wait")
    func pooled() async throws {
        try await with(pooling: .transaction) { watched in
            try await looksFromHere(watched)
        }
    }

    @Test("where statements may not take as long, it looks from here")
    func shortTimeout() async throws {
        // Four looks take longer than that; one does not, however busy the machine is.
        try await with(interval: .milliseconds(200), statementTimeout: .milliseconds(400)) { watched in
            try await looksFromHere(watched)
        }
    }

    @Test("where the role may not wait, it looks from here")
    func forbidden() async throws {
        let role = "watcher_\(UInt32.random(in: 0 ... .max))"
        let prepare = """
            REVOKE EXECUTE ON FUNCTION pg_sleep(float8) FROM PUBLIC;
            CREATE ROLE \(role) LOGIN; GRANT SELECT ON SEQUENCE outbox_events_id_seq TO \(role)
            """
        try await with(prepare: prepare, role: role) { watched in
            try await looksFromHere(watched)
            try await watched.database.run("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    private func looksFromHere(_ watched: Watched) async throws {
        let (_, next) = try await watched.next()
        var starts: Set<String> = []
        try await eventually(within: .seconds(30), "several looks have ended, none with a wait at the server") {
            let sight = try await watched.sight()
            if sight.state == "idle" { starts.insert(sight.start) }
            return starts.count > 6
        }
        #expect(try await !watched.isServerWaiting())
        try await watched.draw { number in
            let seen = try await next.value
            #expect(seen == number)
        }
    }
}
