import LibPQ

extension OutboxStore {
    /// Writes beside an event that waits, uncounted, what it waits for.
    func note(_ reason: String, at sequence: Int64) async throws {
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                "UPDATE outbox_events SET last_error = \(reason) WHERE id = \(sequence) AND NOT published")
        }
    }
}
