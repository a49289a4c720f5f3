import LibPQ
import Outbox
import OutboxCommandLine

/// `outbox migrate`
enum MigrateCommand {
    private static let print = Flag("print", help: "print the SQL instead of running it (needs no database)")
    private static let down = Flag(
        "down", help: "take the schema back to the table that plain writers know; events stay")
    private static let urlOfDatabase = StandardSettings.databaseURL.optional()

    static let command = Command(
        "migrate", summary: "Makes the outbox's tables, or extends a table outbox_events that is there already.",
        discussion: """
            Safe to repeat and to run by several at once. No step rewrites rows, and indexes are built without blocking
            writers. Connect directly, not through a pooler in transaction mode.
            """,
        options: [print.definition, down.definition],
        settings: [urlOfDatabase.definition, DispatcherSettings.lanes.definition]
    ) { invocation in
        let lanes = try invocation.value(DispatcherSettings.lanes)
        if invocation[print] {
            Console.standardOutput.writeLine(OutboxMigrations.script(lanes: lanes))
            return .success
        }
        let connection = try await PQConnection.connect(
            PQConfiguration(
                url: try invocation.value(urlOfDatabase), applicationName: "outbox migrate",
                noticeHandler: { notice in
                    // What is there already is no news: every step may be repeated.
                    if !notice.message.hasSuffix("skipping") {
                        Console.standardError.writeLine("notice: \(notice.message)")
                    }
                }))
        do {
            let steps =
                invocation[down]
                ? try await OutboxMigrations.revert(on: connection)
                : try await OutboxMigrations.apply(on: connection, lanes: lanes)
            for step in steps {
                Console.standardOutput.writeLine(
                    "\(invocation[down] ? "undone" : "applied") \(step.version) \(step.name)")
            }
            if steps.isEmpty { Console.standardOutput.writeLine("nothing to do: the schema is up to date") }
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        return .success
    }
}
