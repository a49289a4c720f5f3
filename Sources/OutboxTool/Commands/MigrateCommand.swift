import LibPQ
import Outbox
import OutboxCommandLine

/// `outbox migrate`
enum MigrateCommand {
    static let print = Flag("print", help: "print the SQL instead of running it (needs no database)")
    private static let down = Flag(
        "down", help: "take the schema back to the table that plain writers know; events stay")
    private static let partitioned = Flag(
        "partitioned", help: "make the table partitioned, so that retention drops partitions; the rows there are stay")
    private static let unpartitioned = Flag("unpartitioned", help: "make a partitioned table plain again")
    private static let partitionRows = Option(
        "partition-rows", .integer(100...1_000_000_000_000),
        help: "sequences in a partition; about a tenth of what retention keeps", defaultValue: 10_000_000)
    private static let consumer = Flag(
        "consumer",
        help: "the tables of consumers and of the query cache, in QUERY_DATABASE_URL, instead of the outbox's")
    private static let urlOfDatabase = StandardSettings.databaseURL.optional()
    static let urlOfQueryDatabase = StandardSettings.queryDatabaseURL.optional()

    static let command = Command(
        "migrate", summary: "Makes the outbox's tables, or extends a table outbox_events that is there already.",
        discussion: """
            Safe to repeat and to run by several at once. No step rewrites rows, and indexes are built without blocking
            writers. Stopped by Ctrl-C it goes on when it is run again. Connect directly, not through a pooler in
            transaction mode.

            With --roles it also makes group roles (writer, dispatcher, operator; with --consumer: consumer, operator)
            for login roles to be members of; who may not create roles has their SQL from --roles --print.

            A partitioned table costs writers nothing but that event ids are unique within a partition only, and that
            ON CONFLICT (event_id) is refused.
            """,
        options: [
            print.definition, down.definition, partitioned.definition, partitionRows.definition,
            unpartitioned.definition, consumer.definition,
        ] + RoleOptions.definitions + [InterruptibleWork.quiet.definition],
        settings: [
            urlOfDatabase.definition, urlOfQueryDatabase.definition, StandardSettings.databasePooling.definition,
            DispatcherSettings.lanes.definition,
        ]
    ) { invocation in
        let kinds = [down, partitioned, unpartitioned, consumer].filter { invocation[$0] }
        guard kinds.count < 2 else {
            throw UsageError("--down, --partitioned, --unpartitioned and --consumer exclude each other")
        }
        let roles = try RoleOptions.names(invocation)
        if invocation[down], roles != nil { throw UsageError("--down makes no roles") }
        if invocation[consumer] { return try await migrateConsumer(invocation, roles) }
        let lanes = try invocation.value(DispatcherSettings.lanes)
        if invocation[print] {
            Console.standardOutput.writeLine(
                roles.map(OutboxMigrations.rolesScript) ?? OutboxMigrations.script(lanes: lanes))
            return .success
        }
        return try await withPool(invocation, to: urlOfDatabase) { pool in
            try await run(invocation, in: pool, lanes: lanes)
            if let roles {
                try await makeRoles(roles, with: [OutboxMigrations.migrator], in: pool, command: "outbox migrate")
            }
            return .success
        }
    }

    /// Lends connections to `body`, which Ctrl-C stops.
    static func withPool<Result: Sendable>(
        _ invocation: Invocation, to database: Setting<String>,
        _ body: @escaping @Sendable (PQPool) async throws -> Result
    ) async throws -> Result {
        let configuration = PQConfiguration(
            url: try invocation.value(database), applicationName: "outbox migrate",
            pooling: try invocation.value(StandardSettings.databasePooling),
            noticeHandler: { notice in
                // What is there already is no news: every step may be repeated.
                if !notice.message.hasSuffix("skipping") {
                    Console.standardError.writeLine("notice: \(notice.message)")
                }
            })
        let pool = PQPool(configuration, maximumConnections: 3)
        do {
            let result = try await InterruptibleWork.run(
                howToGoOn: "each step is done or not begun; run the same command again to go on"
            ) { try await body(pool) }
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Makes the roles that work on the tables of some migrators.
    static func makeRoles(
        _ roles: PQGroupRoles, with migrators: [PQMigrator], in pool: PQPool, command: String
    ) async throws {
        var kinds: [String] = []
        for migrator in migrators {
            do {
                try await pool.withConnection { try await migrator.makeRoles(roles, on: $0) }
            } catch {
                throw RoleOptions.advised(error, command: "\(command) --roles --print")
            }
            kinds += migrator.roleKinds.filter { !kinds.contains($0) }
        }
        RoleOptions.report(roles, kinds)
    }

    private static func run(_ invocation: Invocation, in pool: PQPool, lanes: Int) async throws {
        let isDown = invocation[down]
        let steps = try await IndexProgress.shown(in: pool, isQuiet: invocation[InterruptibleWork.quiet]) {
            try await pool.withConnection { connection in
                isDown
                    ? try await OutboxMigrations.revert(on: connection)
                    : try await OutboxMigrations.apply(on: connection, lanes: lanes)
            }
        }
        for step in steps {
            Console.standardOutput.writeLine("\(isDown ? "undone" : "applied") \(step.version) \(step.name)")
        }
        let progress = ConversionProgress(isQuiet: invocation[InterruptibleWork.quiet])
        var conversion: OutboxPartitions.Conversion?
        if invocation[partitioned] {
            conversion = try await OutboxPartitions.convert(
                in: pool, rows: Int64(invocation[partitionRows] ?? Int(OutboxPartitions.defaultRows)),
                progress: progress.show)
        } else if invocation[unpartitioned] {
            conversion = try await pool.withConnection { connection in
                try await OutboxPartitions.revert(on: connection, progress: progress.show)
            }
        }
        progress.finish()
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
    }
}
