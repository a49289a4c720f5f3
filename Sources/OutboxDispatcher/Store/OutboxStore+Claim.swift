import LibPQ

extension OutboxStore {
    /// The pending events of some lanes, each lane's from its head, in order, without gaps.
    ///
    /// Left out are events that are not due, parked ones, and all events of an aggregate on hold.
    ///
    /// - Parameters:
    ///   - limit: how much to take of one lane.
    ///   - filter: aggregate types to leave out.
    func claim(
        lanes claimed: [Int], limit: ClaimLimit, without filter: ClaimFilter = ClaimFilter()
    ) async throws -> ClaimedEvents {
        let statement = claimStatement(lanes: claimed, limit: limit, without: filter)
        return ClaimedEvents(try await pool.withConnection { try await $0.query(statement) })
    }

    func claimStatement(lanes: [Int], limit: ClaimLimit, without filter: ClaimFilter = ClaimFilter()) -> PQStatement {
        var statement = limit.isWide ? wideClaim(lanes, limit, filter) : narrowClaim(lanes, limit, filter)
        if !filter.isEmpty {
            statement.parameters += [
                PQParameter(filter.held), PQParameter(filter.tried), PQParameter(Int32(filter.trialLane ?? -1)),
            ]
        }
        return statement
    }

    /// Takes rows up to a number, and withholds payloads that are over their share of the bytes: a lane's batch ends
    /// before the first of these.
    private func narrowClaim(_ claimed: [Int], _ limit: ClaimLimit, _ filter: ClaimFilter) -> PQStatement {
        """
        SELECT l.lane, e.id, e.event_id, e.event_type, e.aggregate_type, e.aggregate_id,
            CASE WHEN pg_column_size(e.payload) <= \(Int32(limit.bytesPerRow)) THEN e.payload END, e.headers,
            e.retry_count, e.created_at, e.payload ->> 'occurredAt', e.payload ->> 'tenantId'
        FROM unnest(\(claimed.map(Int32.init))::int[]) AS l (lane)
        CROSS JOIN LATERAL (
            SELECT o.* FROM (\(unsafe: pending("p.*", filter))) AS o
            WHERE \(unsafe: Self.isNotHeld) LIMIT \(Int64(limit.rows))
        ) AS e
        """
    }

    /// Counts the bytes, which takes the server half as much time again: a lane's batch ends after the row that passes
    /// the limit, so that it has one at least, however large that is.
    private func wideClaim(_ claimed: [Int], _ limit: ClaimLimit, _ filter: ClaimFilter) -> PQStatement {
        """
        SELECT e.lane, e.id, e.event_id, e.event_type, e.aggregate_type, e.aggregate_id, e.payload, e.headers,
            e.retry_count, e.created_at, e.payload ->> 'occurredAt', e.payload ->> 'tenantId'
        FROM unnest(\(claimed.map(Int32.init))::int[]) AS l (lane)
        CROSS JOIN LATERAL (
            SELECT o.*, sum(pg_column_size(payload)) OVER (ORDER BY lane, id ROWS UNBOUNDED PRECEDING)
                - pg_column_size(payload) AS bytes_before
            FROM (\(unsafe: pending("\(lane) AS lane, p.*", filter))) AS o
            WHERE \(unsafe: Self.isNotHeld) ORDER BY lane, id LIMIT \(Int64(limit.rows))
        ) AS e
        WHERE e.bytes_before < \(Int64(limit.bytes))
        """
    }

    private var lane: String { "outbox_lane(aggregate_type, aggregate_id, \(lanes))" }

    /// A lane's pending events that are due, in order, whether their aggregates are on hold or not.
    ///
    /// Ranges of one value and full orders stand where equality and `ORDER BY id` would say the same: only the lanes'
    /// index, and only the index of failed events, give these orders, so no other can be chosen. With equality the
    /// planner takes the primary key for as good while the table is small, and keeps that plan while it grows.
    ///
    /// `OFFSET 0` keeps the look for holds above the lanes' index: below, every partition would get a look of its own
    /// into every partition. Events are looked up among the failed ones only while any aggregate is on hold.
    ///
    /// An event that nobody scheduled is due since it was created, by whatever clock that was: after a failover to a server
    /// whose clock is behind, events of before must not wait while later ones of their aggregates overtake them.
    private func pending(_ columns: String, _ filter: ClaimFilter) -> String {
        """
        SELECT \(columns) FROM outbox_events p
        WHERE \(lane) BETWEEN l.lane AND l.lane AND NOT published AND parked_at IS NULL
            AND available_at <= greatest(created_at, now())\(filter.isEmpty ? "" : Self.filter)
        ORDER BY \(lane), id OFFSET 0
        """
    }

    private static let isNotHeld = """
        (
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
        """

    /// The parameters behind those of the claim: types to leave out, types to leave out of all lanes but one, that lane.
    private static let filter = """

                AND NOT p.aggregate_type = ANY ($4::text[])
                AND (l.lane = $6::int OR NOT p.aggregate_type = ANY ($5::text[]))
        """
}
