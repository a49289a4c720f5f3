import LibPQ

extension OutboxStore {
    /// What became of an event that failed.
    struct Failed: Sendable {
        let sequence: Int64
        let retryCount: Int
        let isParked: Bool
    }

    /// Counts a failure of each event and puts its aggregate on hold, or parks the event when its retries are used up.
    ///
    /// - Parameter delays: how long each aggregate waits.
    /// - Returns: what was done; nothing when the lane is no longer this instance's under `epoch`.
    func fail(_ failures: [EventFailure], delays: [Duration], lane: Int, epoch: Int64) async throws -> [Failed] {
        let microseconds = delays.map {
            $0.components.seconds * 1_000_000 + $0.components.attoseconds / 1_000_000_000_000
        }
        return try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                UPDATE outbox_events e
                SET retry_count = e.retry_count + 1, last_error = f.reason,
                    available_at = now() + f.delay * interval '1 microsecond',
                    parked_at = CASE WHEN e.retry_count + 1 >= \(Int32(maximumRetries)) THEN now() END
                FROM unnest(
                    \(failures.map(\.sequence))::bigint[], \(microseconds)::bigint[], \(failures.map(\.reason))::text[]
                ) AS f (id, delay, reason)
                WHERE e.id = f.id AND NOT e.published AND e.parked_at IS NULL AND EXISTS (
                    SELECT FROM outbox_lanes
                    WHERE lane = \(Int32(lane)) AND epoch = \(epoch) AND owner = \(instance))
                RETURNING e.id, e.retry_count, e.parked_at IS NOT NULL
                """)
            return try result.rows.map { row in
                let (sequence, retryCount, isParked) = try row.decode((Int64, Int32, Bool).self)
                return Failed(sequence: sequence, retryCount: Int(retryCount), isParked: isParked)
            }
        }
    }
}
