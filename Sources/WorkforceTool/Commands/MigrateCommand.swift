import IdempotentConsumer
import LibPQ
import Outbox
import OutboxCommandLine
import Workforce

/// `workforce migrate`
enum MigrateCommand {
    private static let commandURL = StandardSettings.databaseURL.optional()
    private static let queryURL = StandardSettings.queryDatabaseURL.optional()

    static let command = OutboxCommandLine.Command(
        "migrate", summary: "Makes the reference domain's tables in the command database, the query database, or both.",
        discussion: """
            Each database is migrated whose URL is given; they may be one and the same. Safe to repeat. With --roles it
            also makes the group roles of `outbox migrate --roles`, and grants them what they need of the domain's own
            tables.
            """,
        options: RoleOptions.definitions,
        settings: [commandURL.definition, queryURL.definition, StandardSettings.databasePooling.definition]
    ) { invocation in
        guard invocation[commandURL] != nil || invocation[queryURL] != nil else {
            throw UsageError("set DATABASE_URL (command database), QUERY_DATABASE_URL (query database), or both")
        }
        let pooling = try invocation.value(StandardSettings.databasePooling)
        let roles = try RoleOptions.names(invocation)
        if let url = invocation[commandURL] {
            try await migrate(
                "command", url, pooling, roles, of: [OutboxMigrations.migrator, CommandMigrations.migrator]
            ) { connection in
                try await OutboxMigrations.apply(on: connection) + CommandMigrations.apply(on: connection)
            }
        }
        if let url = invocation[queryURL] {
            let others = IdempotentConsumer.migrators
            try await migrate("query", url, pooling, roles, of: [ReadModelMigrations.migrator] + others) { connection in
                var applied = try await ReadModelMigrations.apply(on: connection)
                for migrator in others { applied += try await migrator.apply(on: connection) }
                return applied
            }
        }
        return .success
    }

    private static func migrate(
        _ name: String, _ url: String, _ pooling: PQPooling, _ roles: PQGroupRoles?, of migrators: [PQMigrator],
        _ apply: (PQConnection) async throws -> [PQMigration]
    ) async throws {
        let connection = try await PQConnection.connect(
            PQConfiguration(url: url, applicationName: "workforce migrate", pooling: pooling))
        do {
            let applied = try await apply(connection)
            for step in applied {
                Console.standardOutput.writeLine("\(name) database: applied \(step.version) \(step.name)")
            }
            if applied.isEmpty { Console.standardOutput.writeLine("\(name) database: nothing to do") }
            if let roles {
                for migrator in migrators { try await migrator.makeRoles(roles, on: connection) }
                Console.standardOutput.writeLine("\(name) database: group roles \(roles.prefix)*")
            }
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }
}
