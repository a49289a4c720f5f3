import LibPQ

extension OutboxStore {
    /// A lane's events in one claim end after the one whose payload, as stored, passes this size.
    static let claimBytesPerLane = 1 << 20

    /// The pending events of some lanes, each lane's from its head, in order, without gaps.
    ///
    /// Left out are events that are not due, parked ones, and all events of an aggregate on hold.
    ///
    /// - Parameters:
    ///   - limit: the most events of one lane.
    ///   - filter: aggregate types to leave out.
    func claim(
        lanes claimed: [Int], limit: Int, without filter: ClaimFilter = ClaimFilter()
    ) async throws -> ClaimedEvents {
        let statement = claimStatement(lanes: claimed, limit: limit, without: filter)
        return ClaimedEvents(try await pool.withConnection { try await $0.query(statement) })
    }

    /// Ranges of one value and full orders stand where equality and `ORDER BY id` would say the same: only the lanes'
    /// index, and only the index of failed events, give these orders, so no other can be chosen. With equality the
    /// planner takes the primary key for as good while the table is small, and keeps that plan while it grows.
    ///
    /// `OFFSET 0` keeps the look for holds above the lanes' index: below, every partition would get a look of its own
    /// into every partition. Events are looked up among the failed ones only while any aggregate is on hold.
    ///
    /// An event that nobody scheduled is due since it was created, by whatever clock that was: after a failover to a server
    /// whose clock is behind, events of before must not wait while later ones of their aggregates overtake them.
    func claimStatement(lanes claimed: [Int], limit: Int, without filter: ClaimFilter = ClaimFilter()) -> PQStatement {
        var statement: PQStatement = """
            SELECT e.lane, e.id, e.event_id, e.event_type, e.aggregate_type, e.aggregate_id, e.payload, e.headers,
                e.retry_count, e.created_at, e.payload ->> 'occurredAt', e.payload ->> 'tenantId'
            FROM unnest(\(claimed.map(Int32.init))::int[]) AS l (lane)
            CROSS JOIN LATERAL (
                SELECT o.*, sum(pg_column_size(payload)) OVER (ORDER BY lane, id ROWS UNBOUNDED PRECEDING)
                    - pg_column_size(payload) AS bytes_before
                FROM (
                    SELECT outbox_lane(aggregate_type, aggregate_id, \(unsafe: String(lanes))) AS lane, p.*
                    FROM outbox_events p
                    WHERE outbox_lane(aggregate_type, aggregate_id, \(unsafe: String(lanes))) BETWEEN l.lane AND l.lane
                        AND NOT published AND parked_at IS NULL
                        AND available_at <= greatest(created_at, now())\(unsafe: filter.isEmpty ? "" : Self.filter)
                    ORDER BY outbox_lane(aggregate_type, aggregate_id, \(unsafe: String(lanes))), id OFFSET 0
                ) AS o
                WHERE (
                    SELECT TRUE FROM outbox_events h
                    WHERE NOT h.published AND h.retry_count > 0 AND (h.parked_at IS NOT NULL OR h.available_at > now())
                    ORDER BY h.aggregate_type, h.aggregate_id LIMIT 1
                ) IS NULL OR (
                    SELECT TRUE FROM outbox_events f
                    WHERE NOT f.published AND f.retry_count > 0
                        AND (f.parked_at IS NOT NULL OR f.available_at > now())
                        AND f.aggregate_type = o.aggregate_type
                        AND f.aggregate_id BETWEEN o.aggregate_id AND o.aggregate_id
                    ORDER BY f.aggregate_id LIMIT 1
                ) IS NULL
                ORDER BY lane, id LIMIT \(Int64(limit))
            ) AS e
            WHERE e.bytes_before < \(Int64(Self.claimBytesPerLane))
            """
        if !filter.isEmpty {
            statement.parameters += [
                PQParameter(filter.held), PQParameter(filter.tried), PQParameter(Int32(filter.trialLane ?? -1)),
            ]
        }
        return statement
    }

    /// The parameters behind those of the claim: types to leave out, types to leave out of all lanes but one, that lane.
    private static let filter = """

                AND NOT p.aggregate_type = ANY ($4::text[])
                AND (l.lane = $6::int OR NOT p.aggregate_type = ANY ($5::text[]))
        """
}
