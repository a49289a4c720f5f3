public import LibPQ
import QueryCache

extension IdempotentConsumer {
    /// All that a consumer's database is migrated by, with the query cache that is kept there.
    package static let migrators = [migrations, PostgresQueryCache.migrations]

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
        ], table: "consumer_migrations",
        grants: [
            // Of rows that are only locked or deleted, the right to change one column is what locking takes.
            PQGrant("SELECT, INSERT, DELETE, UPDATE (applied_at)", on: "outbox_inbox", to: "consumer"),
            PQGrant("SELECT, INSERT, UPDATE", on: "outbox_consumer_offsets", to: "consumer"),
            PQGrant("SELECT, INSERT, UPDATE, DELETE", on: "outbox_consumer_holds", to: "consumer"),
            PQGrant("SELECT, INSERT, DELETE", on: "outbox_consumer_held_events", to: "consumer"),
            PQGrant("SELECT, INSERT, UPDATE", on: "outbox_cache_keys", to: "consumer"),

            PQGrant("SELECT, INSERT (consumer, event_id)", on: "outbox_inbox", to: "operator"),
            PQGrant("SELECT, UPDATE (holds_version)", on: "outbox_consumer_offsets", to: "operator"),
            PQGrant(
                "SELECT, DELETE, UPDATE (attempts, retry_at, dead_at)", on: "outbox_consumer_holds", to: "operator"),
            PQGrant("SELECT, DELETE", on: "outbox_consumer_held_events", to: "operator"),
            PQGrant("SELECT", on: "outbox_cache_keys", to: "operator"),
            PQGrant(
                """
                SELECT, INSERT (actor, action, consumer, topic, partition, aggregate_type, aggregate_id, event_id, \
                reason, event)
                """, on: "outbox_consumer_audit", to: "operator"),
            PQGrant("SELECT", on: "consumer_migrations", to: "consumer", "operator"),
        ])
}
