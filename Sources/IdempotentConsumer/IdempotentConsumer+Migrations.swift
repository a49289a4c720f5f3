public import LibPQ

extension IdempotentConsumer {
    /// The steps of the schema of the consumer's tables: inbox, offsets, holds, cache keys, audit.
    public static let migrations = PQMigrator(
        [
            PQMigration(
                version: 1, name: "consumer",
                up: String(decoding: PackageResources._001_consumer_up_sql, as: UTF8.self),
                down: String(decoding: PackageResources._001_consumer_down_sql, as: UTF8.self)),
            PQMigration(
                version: 2, name: "consumer_audit",
                up: String(decoding: PackageResources._002_consumer_audit_up_sql, as: UTF8.self),
                down: String(decoding: PackageResources._002_consumer_audit_down_sql, as: UTF8.self)),
        ], table: "consumer_migrations")
}
