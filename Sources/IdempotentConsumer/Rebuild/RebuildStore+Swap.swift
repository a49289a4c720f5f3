import FoundationEssentials
import LibPQ

extension RebuildStore {
    /// Keeps all consumers of this database from beginning a batch, and waits for those under way.
    ///
    /// The whole table, since a partition's row that comes into being meanwhile must wait as well. Reading it goes on.
    func lockConsumers(in transaction: PQTransaction) async throws(PQError) {
        try await transaction.run(
            script: """
                SET LOCAL lock_timeout = '2s';
                LOCK TABLE outbox_consumer_offsets IN EXCLUSIVE MODE
                """)
    }

    /// Puts the new tables in the old ones' place. Both consumers stand at the same offsets, and neither moves.
    ///
    /// - Parameter copied: the time before which the running consumer remembers what took effect.
    /// - Returns: how many cached answers are out of date now.
    func swap(inboxCopied copied: Date, in transaction: PQTransaction) async throws -> Int {
        try await takeInboxOver(since: copied, in: transaction)
        try await takeHoldsOver(in: transaction)
        for projection in projections {
            // A rename locks no table: queries that run go on in the old tables, the next ones find the new.
            try await transaction.execute(
                "ALTER SCHEMA \(identifier: projection.schema) RENAME TO \(identifier: projection.replacedSchema)")
            try await transaction.execute(
                "ALTER SCHEMA \(identifier: projection.shadowSchema) RENAME TO \(identifier: projection.schema)")
        }
        try await transaction.execute("DELETE FROM outbox_consumer_offsets WHERE consumer = \(shadow)")
        try await transaction.execute(
            "UPDATE outbox_consumer_offsets SET holds_version = holds_version + 1 WHERE consumer = \(live)")
        return try await transaction.execute(
            """
            WITH stale AS (SELECT key FROM outbox_cache_keys WHERE consumer = \(live) ORDER BY key FOR UPDATE)
            UPDATE outbox_cache_keys AS known SET version = version + 1 FROM stale WHERE known.key = stale.key
            """)
    }

    private func takeInboxOver(since copied: Date, in transaction: PQTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO outbox_inbox (consumer, event_id, applied_at)
            SELECT \(live), event_id, applied_at FROM outbox_inbox WHERE consumer = \(shadow) AND applied_at >= \(copied) - interval '1 second'
            UNION ALL
            SELECT \(live), event_id, applied_at FROM outbox_inbox
            WHERE consumer = \(shadow)
              AND event_id IN (SELECT event_id FROM outbox_consumer_held_events WHERE consumer = \(live))
            ON CONFLICT DO NOTHING
            """)
        try await transaction.execute(
            """
            DELETE FROM outbox_inbox WHERE consumer = \(live)
              AND event_id IN (SELECT event_id FROM outbox_consumer_held_events WHERE consumer = \(shadow))
            """)
    }

    /// What waits is what could not be applied to the new tables.
    private func takeHoldsOver(in transaction: PQTransaction) async throws {
        // An aggregate that waits for the same event as before waits as before: for an operator, if it did.
        try await transaction.execute(
            """
            WITH heads AS (
                SELECT DISTINCT ON (consumer, topic, partition, aggregate_type, aggregate_id)
                       consumer, topic, partition, aggregate_type, aggregate_id, event_id
                FROM outbox_consumer_held_events WHERE consumer IN (\(live), \(shadow))
                ORDER BY consumer, topic, partition, aggregate_type, aggregate_id, place
            )
            UPDATE outbox_consumer_holds AS new
            SET attempts = old.attempts, retry_at = old.retry_at, dead_at = old.dead_at, held_at = old.held_at
            FROM outbox_consumer_holds AS old, heads AS new_head, heads AS old_head
            WHERE new.consumer = \(shadow) AND old.consumer = \(live)
              AND new_head.consumer = \(shadow) AND old_head.consumer = \(live)
              AND new_head.event_id = old_head.event_id
              AND (new.topic, new.partition, new.aggregate_type, new.aggregate_id)
                = (old.topic, old.partition, old.aggregate_type, old.aggregate_id)
              AND (new.topic, new.partition, new.aggregate_type, new.aggregate_id)
                = (new_head.topic, new_head.partition, new_head.aggregate_type, new_head.aggregate_id)
            """)
        for table in ["outbox_consumer_held_events", "outbox_consumer_holds"] {
            try await transaction.execute("DELETE FROM \(unsafe: table) WHERE consumer = \(live)")
            try await transaction.execute(
                "UPDATE \(unsafe: table) SET consumer = \(live) WHERE consumer = \(shadow)")
        }
    }
}
