import FoundationEssentials
import LibPQ

extension OutboxStore {
    /// Who owns which lane, and which dispatchers there are. Writes nothing.
    func leaseBoard() async throws -> LeaseBoard {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT NULL::int, NULL::bigint, instance, incarnation, lanes, drained_at IS NOT NULL, seen_until > now()
                FROM outbox_dispatchers
                UNION ALL
                SELECT lane, epoch, CASE WHEN lease_until >= now() THEN owner END, NULL, NULL, NULL, NULL
                FROM outbox_lanes WHERE lane < \(Int32(lanes))
                """)
            var board = LeaseBoard(lanes: Array(repeating: LeaseBoard.Lane(), count: lanes))
            for row in result.rows {
                if let lane = try row.decode(0, as: Int32?.self) {
                    guard board.lanes.indices.contains(Int(lane)) else { continue }
                    board.lanes[Int(lane)] = LeaseBoard.Lane(owner: try row.decode(2), epoch: try row.decode(1))
                } else {
                    board.dispatchers.append(
                        LeaseBoard.Dispatcher(
                            instance: try row.decode(2), incarnation: try row.decode(3),
                            lanes: Int(try row.decode(4, as: Int32.self)), isDrained: try row.decode(5),
                            isLive: try row.decode(6)))
                }
            }
            return board
        }
    }

    /// Renews the leases held, takes free lanes and releases others, and says that this dispatcher lives.
    ///
    /// By the database's clock. Each taking raises the lane's epoch, also when the owner before was this instance.
    /// Lanes that another one is just writing are left out.
    ///
    /// - Parameters:
    ///   - taken: lanes to take, if nobody owns them by now.
    ///   - released: lanes to hand over, with the epochs under which they are owned.
    ///   - isFirst: whether this process has just started; what its name owned before counts as taken anew.
    ///   - isLeaving: whether others should no longer leave a share to it.
    /// - Returns: the lanes held now, with their epochs.
    func renewLeases(
        for lease: Duration, taking taken: [Int], releasing released: [Int: Int64], isFirst: Bool, isLeaving: Bool
    ) async throws -> [Int: Int64] {
        let milliseconds = lease.components.seconds * 1000 + lease.components.attoseconds / 1_000_000_000_000_000
        let releasing = Array(released)
        return try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                WITH released (lane, epoch) AS MATERIALIZED (
                    SELECT * FROM unnest(\(releasing.map { Int32($0.key) })::int[], \(releasing.map(\.value))::bigint[])
                ), wanted AS MATERIALIZED (
                    SELECT lane, (lane, epoch) IN (SELECT lane, epoch FROM released) AS is_released
                    FROM outbox_lanes
                    WHERE lane < \(Int32(lanes))
                        AND (owner = \(instance) AND lease_until >= now()
                            OR lane = ANY (\(taken.map(Int32.init))::int[]) AND (owner IS NULL OR lease_until < now()))
                    ORDER BY lane FOR UPDATE SKIP LOCKED
                ), kept AS (
                    UPDATE outbox_lanes l
                    SET owner = CASE WHEN NOT is_released THEN \(instance) END,
                        lease_until =
                            CASE WHEN NOT is_released THEN now() + \(milliseconds) * interval '1 millisecond' END,
                        epoch = CASE
                            WHEN is_released OR owner = \(instance) AND lease_until >= now() AND NOT \(isFirst)
                            THEN epoch ELSE epoch + 1 END
                    FROM wanted w WHERE l.lane = w.lane
                    RETURNING l.lane, l.epoch, l.owner
                ), seen AS (
                    INSERT INTO outbox_dispatchers AS d (instance, incarnation, seen_until, lanes)
                    VALUES (
                        \(instance), \(incarnation),
                        now() + CASE WHEN \(isLeaving) THEN 0 ELSE \(milliseconds) END * interval '1 millisecond',
                        \(Int32(lanes)))
                    ON CONFLICT (instance) DO UPDATE
                    SET incarnation = EXCLUDED.incarnation, seen_until = EXCLUDED.seen_until, lanes = EXCLUDED.lanes,
                        started_at = CASE WHEN \(isFirst) THEN now() ELSE d.started_at END,
                        drained_at = CASE WHEN \(isFirst) THEN NULL ELSE d.drained_at END
                )
                SELECT lane, epoch FROM kept WHERE owner IS NOT NULL
                """)
            var epochs: [Int: Int64] = [:]
            for row in result.rows {
                let (lane, epoch) = try row.decode((Int32, Int64).self)
                epochs[Int(lane)] = epoch
            }
            return epochs
        }
    }

    /// Hands all lanes over at once and says that this dispatcher is gone. Does nothing for a process that another one
    /// has replaced under its name.
    func releaseLeases() async throws {
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                """
                WITH gone AS (
                    DELETE FROM outbox_dispatchers WHERE instance = \(instance) AND incarnation = \(incarnation)
                    RETURNING instance
                )
                UPDATE outbox_lanes SET owner = NULL, lease_until = NULL WHERE owner IN (SELECT instance FROM gone)
                """)
        }
    }

    /// Forgets dispatchers that ended without saying so, a day after the end of their leases.
    func forgetDispatchers() async throws {
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                """
                DELETE FROM outbox_dispatchers WHERE instance IN (
                    SELECT instance FROM outbox_dispatchers WHERE seen_until < now() - interval '1 day'
                    FOR UPDATE SKIP LOCKED)
                """)
        }
    }
}
