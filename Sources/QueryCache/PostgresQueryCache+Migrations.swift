public import LibPQ

extension PostgresQueryCache {
    /// The steps of the table's schema.
    public static let migrations = PQMigrator(
        [
            PQMigration(
                version: 1, name: "query_cache",
                up: String(decoding: PackageResources._001_query_cache_up_sql, as: UTF8.self),
                down: String(decoding: PackageResources._001_query_cache_down_sql, as: UTF8.self))
        ], table: "query_cache_migrations",
        grants: [
            PQGrant("SELECT, INSERT, UPDATE, DELETE", on: "query_cache", to: "consumer"),
            PQGrant("SELECT", on: "query_cache_migrations", to: "consumer"),
        ])
}
