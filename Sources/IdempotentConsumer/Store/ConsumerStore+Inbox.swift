import FoundationEssentials
import LibPQ

extension ConsumerStore {
    /// Finds out which events have taken effect.
    ///
    /// One look into the primary key for each, whatever the server believes about the table: with `= ANY` it reads the
    /// whole inbox for a batch while it has no statistics of it.
    func applied(of eventIDs: [UUID]) async throws -> Set<UUID> {
        let result = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT event_id FROM unnest(\(eventIDs)) AS event (id) CROSS JOIN LATERAL (
                    SELECT event_id FROM outbox_inbox WHERE consumer = \(consumer) AND event_id = event.id LIMIT 1
                ) AS applied
                """)
        }
        var applied = Set<UUID>(minimumCapacity: result.rowCount)
        for row in result.rows { applied.insert(try row.decode(0, as: UUID.self)) }
        return applied
    }

    /// Records events as applied that are new, as far as one knows. It costs the server half of what
    /// ``insertIntoInbox(_:in:)`` does.
    /// - Throws: ``DuplicatesError`` when one of them was not; the transaction has failed then.
    func insertNewIntoInbox(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws {
        guard !events.isEmpty else { return }
        do {
            try await transaction.execute(
                """
                INSERT INTO outbox_inbox (consumer, event_id)
                SELECT \(consumer), event_id FROM unnest(\(events.map(\.eventID))) AS event_id
                """)
        } catch {
            guard error.sqlState == "23505" else { throw error }
            throw DuplicatesError()
        }
    }

    /// Records events as applied.
    /// - Parameter events: may repeat an id.
    /// - Returns: the new ones, each once, in their order.
    func insertIntoInbox(
        _ events: [ReceivedEvent], in transaction: PQTransaction
    ) async throws(PQError) -> [ReceivedEvent] {
        guard !events.isEmpty else { return [] }
        let result = try await transaction.query(
            """
            INSERT INTO outbox_inbox (consumer, event_id)
            SELECT \(consumer), event_id FROM unnest(\(events.map(\.eventID))) AS event_id
            ON CONFLICT DO NOTHING RETURNING event_id
            """)
        // Nearly always all are new: then it doesn't matter which.
        if result.rowCount == events.count { return events }
        var new: Set<UUID> = []
        for row in result.rows { new.insert(try row.decode(0, as: UUID.self)) }
        return events.filter { new.remove($0.eventID) != nil }
    }

    /// Takes back that events have been applied.
    func removeFromInbox(_ eventIDs: [UUID], in transaction: PQTransaction) async throws(PQError) {
        guard !eventIDs.isEmpty else { return }
        try await transaction.execute(
            "DELETE FROM outbox_inbox WHERE consumer = \(consumer) AND event_id = ANY(\(eventIDs))")
    }

    /// Forgets events that were applied long ago, some at a time.
    /// - Returns: how many were forgotten.
    func tidyInbox(olderThan age: Duration, limit: Int) async throws -> Int {
        try await pool.withConnection { connection in
            try await connection.execute(
                """
                DELETE FROM outbox_inbox WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM outbox_inbox
                    WHERE consumer = \(consumer)
                      AND applied_at < now() - \(age / .seconds(1)) * interval '1 second'
                    ORDER BY applied_at LIMIT \(limit) FOR UPDATE SKIP LOCKED))
                """)
        }
    }
}
