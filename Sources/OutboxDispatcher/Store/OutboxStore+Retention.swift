import LibPQ

extension OutboxStore {
    /// What one step of retention did.
    struct Swept: Sendable {
        let deleted: Int
        /// Where the next step goes on; `nil` when all that is old has been looked at.
        let next: Int64?
    }

    /// Deletes settled rows that are older than `age`, walking the table by sequence from after `start`.
    ///
    /// Looks at a bounded number of rows, skips locked ones, and never deletes one that is not settled. The walk ends at
    /// the first row that was made within `age`: nothing behind it can have been settled before that.
    func deletePublished(olderThan age: Duration, after start: Int64, window: Int = 2000) async throws -> Swept {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                WITH span AS MATERIALIZED (
                    SELECT id, published AND published_at < now() - \(age.components.seconds) * interval '1 second' AS old,
                        created_at >= now() - \(age.components.seconds) * interval '1 second' AS young
                    FROM outbox_events WHERE id > \(start) ORDER BY id LIMIT \(Int64(window))
                ), doomed AS MATERIALIZED (
                    SELECT id FROM outbox_events
                    WHERE id IN (SELECT id FROM span WHERE old) AND published FOR UPDATE SKIP LOCKED
                ), deleted AS (
                    DELETE FROM outbox_events WHERE id IN (SELECT id FROM doomed) RETURNING id
                )
                SELECT (SELECT count(*) FROM deleted), (SELECT max(id) FROM span),
                    (SELECT count(*) FROM span), EXISTS (SELECT FROM span WHERE young)
                """)
            let (deleted, last, seen, reachedYoung) = try result[0].decode((Int64, Int64?, Int64, Bool).self)
            return Swept(deleted: Int(deleted), next: seen < window || reachedYoung ? nil : last)
        }
    }
}
