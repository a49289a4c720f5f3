import IdempotentConsumer
import LibPQ
import OutboxCommandLine

extension MigrateCommand {
    /// `outbox migrate --consumer`
    static func migrateConsumer(_ invocation: Invocation, _ roles: PQGroupRoles?) async throws -> ExitCode {
        let migrators = IdempotentConsumer.migrators
        if invocation[print] {
            let scripts = migrators.map { migrator in roles.map(migrator.rolesScript) ?? migrator.script() }
            Console.standardOutput.writeLine(scripts.joined(separator: "\n"))
            return .success
        }
        return try await withPool(invocation, to: urlOfQueryDatabase) { pool in
            var steps: [PQMigration] = []
            for migrator in migrators { steps += try await pool.withConnection { try await migrator.apply(on: $0) } }
            for step in steps { Console.standardOutput.writeLine("applied \(step.version) \(step.name)") }
            if steps.isEmpty { Console.standardOutput.writeLine("nothing to do: the schema is up to date") }
            if let roles {
                try await makeRoles(roles, with: migrators, in: pool, command: "outbox migrate --consumer")
            }
            return .success
        }
    }
}
