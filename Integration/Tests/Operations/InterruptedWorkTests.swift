import LibPQ
import Servers
import Testing

@testable import Outbox

/// Each is kept from its end by a lock or an open transaction, so that the signal is sure to meet it at work.
@Suite("Tools: long work that Ctrl-C stops goes on when it is run again", .serialized)
struct InterruptedWorkTests {
    private static let interrupt: Int32 = 2

    /// Stops a process that waits for a lock.
    private static func interruptWaiting(_ process: ChildProcess, _ name: String, _ pool: PQPool) async throws {
        try await eventually(within: .seconds(30), "\(name) waits") {
            try await pool.withConnection { connection in
                try await connection.query(
                    """
                    SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = \(name)
                        AND wait_event_type = 'Lock'
                    """
                ).rowCount > 0
            }
        }
        process.send(interrupt)
        #expect(try await process.waitForExit(within: .seconds(30)) == .exited(1))
        #expect(process.errorOutput.text.contains("stopped: "), "\(process.errorOutput.text)")
    }

    @Test(
        "migrate: an index that was not finished is built",
        arguments: [(steps: 3, lanes: "64", index: "outbox_events_failed_idx"), (10, "8", "outbox_events_lane_8_idx")])
    func migrate(steps: Int, lanes: String, index: String) async throws {
        let database = try await TestDatabase.make("interrupt", migrate: false)
        let earlier = PQMigrator(Array(OutboxMigrations.migrator.migrations.prefix(steps)), table: "outbox_migrations")
        try await database.pool.withConnection { _ = try await earlier.apply(on: $0) }
        if steps > 3 { try await database.pool.withConnection { _ = try await OutboxMigrations.apply(on: $0) } }
        func start(_ options: String...) throws -> ChildProcess {
            try BuiltTool.outbox.start(
                ["migrate", "--dispatch-lanes", lanes] + options, environment: ["DATABASE_URL": database.url])
        }
        func validity() async throws -> [Bool] {
            try await database.pool.withConnection { connection in
                try await connection.query(
                    """
                    SELECT indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE relname = \(index)
                    """
                ).rows.map { try $0.decode(0, as: Bool.self) }
            }
        }
        // The building waits for all who have written to the table.
        try await database.pool.withTransaction { writer in
            try await writer.run(
                script: """
                    INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                    VALUES (gen_random_uuid(), 'P', 'position', 'position.updated', '{}')
                    """)
            let process = try start()
            try await eventually(within: .seconds(30), "it is said how far the index is") {
                process.errorOutput.text.contains("\(index), waiting for writers before build")
            }
            #expect(try await validity() == [false])
            try await Self.interruptWaiting(process, "outbox migrate", database.pool)
        }
        let again = try start("--quiet")
        try await again.waitForSuccess(within: .seconds(30))
        #expect(again.errorOutput.text == "")
        #expect(try await validity() == [true])
        await database.pool.close()
    }

    @Test("verify and rebuild: nothing is left behind, and the next run comes to its end", .requiresBroker)
    func verifyAndRebuild() async throws {
        try await Chain.with { chain in
            try await chain.run(.workforce, ["seed", "--tenant", "acme", "--positions", "3"])
            let (dispatcher, consumer) = (try chain.dispatcher(), try chain.consumer())
            let events = try await chain.outbox.count()
            try await chain.waitUntilPublished(events)
            try await chain.waitUntilApplied(events)
            for process in [dispatcher, consumer] { try await process.stop(within: .seconds(60)) }

            let verify = ["verify", "--consumer", chain.group]
            try await chain.outbox.pool.withTransaction { transaction in
                try await transaction.run(script: "LOCK TABLE outbox_events IN ACCESS EXCLUSIVE MODE")
                try await Self.interruptWaiting(
                    try chain.start(.outbox, verify), "outbox verify", chain.outbox.pool)
            }
            try await chain.run(.outbox, verify)

            try await chain.query.withTransaction { transaction in
                try await transaction.run(script: "LOCK TABLE outbox_cache_keys IN ACCESS EXCLUSIVE MODE")
                let process = try chain.start(.workforce, ["rebuild"])
                try await Self.interruptWaiting(process, "workforce rebuild", chain.query)
                #expect(process.errorOutput.text.contains("the old read model serves on"))
            }
            #expect(try await chain.queried("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'read_model%'") == 1)
            try await chain.run(.workforce, ["rebuild"])
        }
    }
}
