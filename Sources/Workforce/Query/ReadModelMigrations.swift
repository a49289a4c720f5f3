public import LibPQ

/// The read model's schema, in the query database.
public enum ReadModelMigrations {
    /// The schema that the tables serve in.
    static let schema = "read_model"

    package static let migrator = PQMigrator(
        migrations(in: schema), table: "workforce_query_migrations",
        grants: [
            PQGrant("USAGE", on: "SCHEMA \(schema)", to: "consumer"),
            PQGrant("SELECT, INSERT, UPDATE, DELETE", on: "ALL TABLES IN SCHEMA \(schema)", to: "consumer"),
        ])

    /// The steps that make the tables in a schema.
    static func migrations(in schema: String) -> [PQMigration] {
        func text(_ resource: [UInt8]) -> String {
            String(decoding: resource, as: UTF8.self).replacing("{schema}", with: schema)
        }
        return [
            PQMigration(
                version: 1, name: "read_model",
                up: text(PackageResources._001_read_model_up_sql),
                down: text(PackageResources._001_read_model_down_sql)),
            PQMigration(
                version: 2, name: "contract_fields",
                up: text(PackageResources._002_contract_fields_up_sql),
                down: text(PackageResources._002_contract_fields_down_sql)),
        ]
    }

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
