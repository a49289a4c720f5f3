import LibPQ

extension OutboxStore {
    /// The pending events of some lanes, each lane's from its head, in order, without gaps.
    ///
    /// Left out are events that are not due, parked ones, and all events of an aggregate on hold.
    ///
    /// - Parameters:
    ///   - limit: the most events of one lane.
    ///   - bytes: a lane's events end after the one whose payload, as stored, passes this size.
    func claim(lanes claimed: [Int], limit: Int, bytes: Int) async throws -> ClaimedEvents {
        let result = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT e.lane, e.id, e.event_id, e.event_type, e.aggregate_type, e.aggregate_id, e.payload, e.headers,
                    e.retry_count, e.created_at, e.payload ->> 'occurredAt', e.payload ->> 'tenantId'
                FROM unnest(\(claimed.map(Int32.init))::int[]) AS l (lane)
                CROSS JOIN LATERAL (
                    SELECT l.lane, o.*,
                        sum(pg_column_size(payload)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING)
                            - pg_column_size(payload) AS bytes_before
                    FROM outbox_events o
                    WHERE outbox_lane(aggregate_type, aggregate_id, \(unsafe: String(lanes))) = l.lane
                        AND NOT published AND parked_at IS NULL AND available_at <= now()
                        AND (
                            SELECT TRUE FROM outbox_events f
                            WHERE NOT f.published AND f.retry_count > 0
                                AND (f.parked_at IS NOT NULL OR f.available_at > now())
                                AND f.aggregate_type = o.aggregate_type AND f.aggregate_id = o.aggregate_id
                            LIMIT 1
                        ) IS NULL
                    ORDER BY id LIMIT \(Int64(limit))
                ) AS e
                WHERE e.bytes_before < \(Int64(bytes))
                """)
        }
        return ClaimedEvents(result)
    }
}
