import LibPQ
import Outbox
import OutboxCommandLine

/// `outbox migrate`
enum MigrateCommand {
    private static let print = Flag("print", help: "print the SQL instead of running it (needs no database)")
    private static let down = Flag(
        "down", help: "take the schema back to the table that plain writers know; events stay")
    private static let partitioned = Flag(
        "partitioned", help: "make the table partitioned, so that retention drops partitions; the rows there are stay")
    private static let unpartitioned = Flag("unpartitioned", help: "make a partitioned table plain again")
    private static let partitionRows = Option(
        "partition-rows", .integer(100...1_000_000_000_000),
        help: "sequences in a partition; about a tenth of what retention keeps", defaultValue: 10_000_000)
    private static let urlOfDatabase = StandardSettings.databaseURL.optional()

    static let command = Command(
        "migrate", summary: "Makes the outbox's tables, or extends a table outbox_events that is there already.",
        discussion: """
            Safe to repeat and to run by several at once. No step rewrites rows, and indexes are built without blocking
            writers. Connect directly, not through a pooler in transaction mode.

            A partitioned table costs writers nothing but that event ids are unique within a partition only, and that
            ON CONFLICT (event_id) is refused.
            """,
        options: [
            print.definition, down.definition, partitioned.definition, partitionRows.definition,
            unpartitioned.definition,
        ],
        settings: [
            urlOfDatabase.definition, StandardSettings.databasePooling.definition, DispatcherSettings.lanes.definition,
        ]
    ) { invocation in
        let lanes = try invocation.value(DispatcherSettings.lanes)
        if invocation[print] {
            Console.standardOutput.writeLine(OutboxMigrations.script(lanes: lanes))
            return .success
        }
        guard [down, partitioned, unpartitioned].filter({ invocation[$0] }).count < 2 else {
            throw UsageError("--down, --partitioned and --unpartitioned exclude each other")
        }
        let configuration = PQConfiguration(
            url: try invocation.value(urlOfDatabase), applicationName: "outbox migrate",
            pooling: try invocation.value(StandardSettings.databasePooling),
            noticeHandler: { notice in
                // What is there already is no news: every step may be repeated.
                if !notice.message.hasSuffix("skipping") {
                    Console.standardError.writeLine("notice: \(notice.message)")
                }
            })
        let pool = PQPool(configuration, maximumConnections: 2)
        do {
            let code = try await run(invocation, in: pool, lanes: lanes)
            await pool.close()
            return code
        } catch {
            await pool.close()
            throw error
        }
    }

    private static func run(_ invocation: Invocation, in pool: PQPool, lanes: Int) async throws -> ExitCode {
        let isDown = invocation[down]
        let steps = try await pool.withConnection { connection in
            isDown
                ? try await OutboxMigrations.revert(on: connection)
                : try await OutboxMigrations.apply(on: connection, lanes: lanes)
        }
        for step in steps {
            Console.standardOutput.writeLine("\(isDown ? "undone" : "applied") \(step.version) \(step.name)")
        }
        var conversion: OutboxPartitions.Conversion?
        if invocation[partitioned] {
            conversion = try await OutboxPartitions.convert(
                in: pool, rows: Int64(invocation[partitionRows] ?? Int(OutboxPartitions.defaultRows)))
        } else if invocation[unpartitioned] {
            conversion = try await pool.withConnection { try await OutboxPartitions.revert(on: $0) }
        }
        if let conversion {
            let milliseconds = Int(conversion.lockedFor / .milliseconds(1))
            Console.standardOutput.writeLine(
                invocation[partitioned]
                    ? "the table is partitioned; it was locked for \(milliseconds) ms"
                    : "the table is plain; it was locked for \(milliseconds) ms, \(conversion.rowsMoved) rows moved"
            )
        } else if steps.isEmpty {
            Console.standardOutput.writeLine("nothing to do: the schema is up to date")
        }
        return .success
    }
}
