import LibPQ

extension OutboxStore {
    /// Takes every lane that is free, or whose lease has run out, and renews those held.
    ///
    /// By the database's clock; a change of owner, or a lease that had run out, raises the epoch.
    ///
    /// - Returns: the lanes held now, with their epochs.
    func renewLeases(for lease: Duration) async throws -> [Int: Int64] {
        let milliseconds = lease.components.seconds * 1000 + lease.components.attoseconds / 1_000_000_000_000_000
        return try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                WITH candidate AS MATERIALIZED (
                    SELECT lane FROM outbox_lanes
                    WHERE lane < \(Int32(lanes)) AND (owner = \(instance) OR owner IS NULL OR lease_until < now())
                    ORDER BY lane FOR UPDATE SKIP LOCKED
                )
                UPDATE outbox_lanes o
                SET owner = \(instance), lease_until = now() + \(milliseconds) * interval '1 millisecond',
                    epoch = CASE WHEN owner = \(instance) AND lease_until >= now() THEN epoch ELSE epoch + 1 END
                FROM candidate WHERE o.lane = candidate.lane
                RETURNING o.lane, o.epoch
                """)
            var epochs: [Int: Int64] = [:]
            for row in result.rows {
                let (lane, epoch) = try row.decode((Int32, Int64).self)
                epochs[Int(lane)] = epoch
            }
            return epochs
        }
    }

    /// Hands all lanes over at once.
    func releaseLeases() async throws {
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                "UPDATE outbox_lanes SET owner = NULL, lease_until = NULL WHERE owner = \(instance)")
        }
    }
}
