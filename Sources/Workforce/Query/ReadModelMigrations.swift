public import LibPQ

/// The read model's schema, in the query database.
public enum ReadModelMigrations {
    static let migrator = PQMigrator(
        [
            PQMigration(
                version: 1, name: "read_model",
                up: String(decoding: PackageResources._001_read_model_up_sql, as: UTF8.self),
                down: String(decoding: PackageResources._001_read_model_down_sql, as: UTF8.self)),
            PQMigration(
                version: 2, name: "contract_fields",
                up: String(decoding: PackageResources._002_contract_fields_up_sql, as: UTF8.self),
                down: String(decoding: PackageResources._002_contract_fields_down_sql, as: UTF8.self)),
        ], table: "workforce_query_migrations")

    /// Brings the schema up to date.
    ///
    /// - Returns: the steps that were applied now.
    /// - Throws: `PQError`.
    @discardableResult
    public static func apply(on connection: PQConnection) async throws -> [PQMigration] {
        try await migrator.apply(on: connection)
    }

    /// Drops the read model. Without the consumer's inbox and offsets, which are not part of it, it does not come back
    /// by itself.
    @discardableResult
    public static func revert(on connection: PQConnection) async throws -> [PQMigration] {
        try await migrator.revert(on: connection)
    }

    /// The schema as a script, for those who run migrations with a tool of their own.
    public static func script() -> String { migrator.script() }
}
