import IdempotentConsumer
import LibPQ
import Outbox
import OutboxCommandLine
import QueryCache
import Workforce

/// `workforce migrate`
enum MigrateCommand {
    private static let commandURL = StandardSettings.databaseURL.optional()
    private static let queryURL = StandardSettings.queryDatabaseURL.optional()

    static let command = OutboxCommandLine.Command(
        "migrate", summary: "Makes the reference domain's tables in the command database, the query database, or both.",
        discussion: "Each database is migrated whose URL is given; they may be one and the same. Safe to repeat.",
        settings: [commandURL.definition, queryURL.definition, StandardSettings.databasePooling.definition]
    ) { invocation in
        guard invocation[commandURL] != nil || invocation[queryURL] != nil else {
            throw UsageError("set DATABASE_URL (command database), QUERY_DATABASE_URL (query database), or both")
        }
        let pooling = try invocation.value(StandardSettings.databasePooling)
        if let url = invocation[commandURL] {
            try await migrate("command", url, pooling) { connection in
                try await OutboxMigrations.apply(on: connection) + CommandMigrations.apply(on: connection)
            }
        }
        if let url = invocation[queryURL] {
            try await migrate("query", url, pooling) { connection in
                try await ReadModelMigrations.apply(on: connection)
                    + IdempotentConsumer.migrations.apply(on: connection)
                    + PostgresQueryCache.migrations.apply(on: connection)
            }
        }
        return .success
    }

    private static func migrate(
        _ name: String, _ url: String, _ pooling: PQPooling,
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
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }
}
