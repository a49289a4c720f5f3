public import LibPQ

/// The command database's schema beside the outbox, which has migrations of its own.
public enum CommandMigrations {
    package static let migrator = PQMigrator(
        [
            PQMigration(
                version: 1, name: "command_schema",
                up: String(decoding: PackageResources._001_command_schema_up_sql, as: UTF8.self),
                down: String(decoding: PackageResources._001_command_schema_down_sql, as: UTF8.self)),
            PQMigration(
                version: 2, name: "position_versions",
                up: String(decoding: PackageResources._002_position_versions_up_sql, as: UTF8.self),
                down: String(decoding: PackageResources._002_position_versions_down_sql, as: UTF8.self)),
        ], table: "workforce_command_migrations",
        grants: [
            PQGrant(
                "SELECT, INSERT, UPDATE",
                on: "organizations, job_catalog, job_levels, job_level_versions, positions, assignments", to: "writer"),
            PQGrant("SELECT, INSERT", on: "position_versions", to: "writer"),
            PQGrant("SELECT, INSERT", on: "command_audit", to: "writer"),
            PQGrant("USAGE", on: "SEQUENCE position_codes", to: "writer"),
        ])

    /// Brings the schema up to date.
    ///
    /// - Returns: the steps that were applied now.
    /// - Throws: `PQError`.
    @discardableResult
    public static func apply(on connection: PQConnection) async throws -> [PQMigration] {
        try await migrator.apply(on: connection)
    }

    /// Drops the schema with all that is in it. The outbox stays.
    @discardableResult
    public static func revert(on connection: PQConnection) async throws -> [PQMigration] {
        try await migrator.revert(on: connection)
    }

    /// The schema as a script, for those who run migrations with a tool of their own.
    public static func script() -> String { migrator.script() }
}
