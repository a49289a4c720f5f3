/// Applies a schema's steps in order, each once, whoever else tries at the same time.
///
/// What was applied is recorded in a table. An advisory lock keeps other migrators of the same table waiting.
public struct PQMigrator: Sendable {
    /// The steps, in the order of their versions.
    public let migrations: [PQMigration]
    /// The name of the table that records what was applied.
    public let table: String
    /// What kinds of group roles need of the schema as the last step leaves it.
    public let grants: [PQGrant]

    /// - Parameters:
    ///   - migrations: in the order of their versions.
    ///   - table: a plain SQL name, e.g. `outbox_migrations`.
    ///   - grants: who needs what of the schema; see ``makeRoles(_:on:)``.
    public init(_ migrations: [PQMigration], table: String, grants: [PQGrant] = []) {
        self.migrations = migrations.sorted { $0.version < $1.version }
        self.table = table
        self.grants = grants
    }

    /// Applies what has not been applied yet.
    ///
    /// - Parameter connection: a session of its own, not through a pooler in transaction mode.
    /// - Returns: the steps applied now.
    /// - Throws: `PQError`; the steps before the failing one stay applied, and the next run goes on there.
    @discardableResult
    public func apply(on connection: PQConnection) async throws -> [PQMigration] {
        try await withLock(on: connection) {
            let done = try await appliedVersions(on: connection)
            var applied: [PQMigration] = []
            for migration in migrations where !done.contains(migration.version) {
                let record: PQStatement = """
                    INSERT INTO \(unsafe: table) (version, name) VALUES (\(migration.version), \(migration.name))
                    """
                if migration.runsInTransaction {
                    try await connection.withTransaction { transaction in
                        try await transaction.run(script: migration.up)
                        try await transaction.execute(record)
                    }
                } else {
                    try await connection.run(script: migration.up)
                    try await connection.execute(record)
                }
                applied.append(migration)
            }
            if !applied.isEmpty { try await grantToRecordedRoles(on: connection) }
            return applied
        }
    }

    /// Undoes the steps above `version`, the last first.
    ///
    /// - Returns: the steps undone.
    /// - Throws: `PQError`, with `usage` when there are steps that only a newer program knows how to undo.
    @discardableResult
    public func revert(on connection: PQConnection, to version: Int = 0) async throws -> [PQMigration] {
        try await withLock(on: connection) {
            let done = try await appliedVersions(on: connection)
            if let newest = done.max(), newest > (migrations.last?.version ?? 0) {
                throw PQError(
                    .usage,
                    "the schema is newer than this program, which does not know its step \(newest): "
                        + "undo the steps with a program that does")
            }
            var reverted: [PQMigration] = []
            for migration in migrations.reversed() where migration.version > version && done.contains(migration.version)
            {
                try await connection.withTransaction { transaction in
                    try await transaction.run(script: migration.down)
                    try await transaction.execute(
                        "DELETE FROM \(unsafe: table) WHERE version = \(migration.version)")
                }
                reverted.append(migration)
            }
            return reverted
        }
    }

    /// The steps that have not been applied.
    public func pending(on connection: PQConnection) async throws -> [PQMigration] {
        let exists = try await connection.query("SELECT to_regclass(\(table)) IS NOT NULL")
        guard try exists[0].decode(0, as: Bool.self) else { return migrations }
        let done = try await appliedVersions(on: connection)
        return migrations.filter { !done.contains($0.version) }
    }

    /// All steps as SQL text, for those who run migrations with a tool of their own.
    public func script() -> String {
        migrations.map { "-- \($0.version) \($0.name)\n\($0.up)" }.joined(separator: "\n")
    }

    /// Keeps other migrators of this table away while `body` runs.
    ///
    /// - Throws: `PQError/Code/sharedSession` behind a pooler in transaction mode; what `body` throws.
    public func withLock<Result: Sendable>(
        on connection: PQConnection, _ body: () async throws -> Result
    ) async throws -> Result {
        try await connection.withAdvisoryLock(table, for: "a migration") {
            try await connection.execute(
                """
                CREATE TABLE IF NOT EXISTS \(unsafe: table) (
                    version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())
                """)
            return try await body()
        }
    }

    private func appliedVersions(on connection: PQConnection) async throws -> Set<Int> {
        let rows = try await connection.query("SELECT version::int8 FROM \(unsafe: table)")
        return Set(try (0..<rows.rowCount).map { Int(try rows.int64(row: $0, column: 0)) })
    }
}
