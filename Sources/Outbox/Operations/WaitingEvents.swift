import LibPQ

/// Counts the events that wait behind others of their aggregates.
enum WaitingEvents {
    /// - Parameter sequences: of events that hold their aggregates.
    /// - Returns: how many later events wait behind each, parked ones left out; none for what has gone meanwhile.
    static func counts(behind sequences: [Int64], in session: any PQSession) async throws -> [Int64: Int64] {
        guard !sequences.isEmpty else { return [:] }
        let lanes = try await finestLanes(in: session)
        // The terms of the lanes' index, so that only the held aggregates' lanes are read and not the whole table.
        let sameLane = lanes.map {
            "AND outbox_lane(w.aggregate_type, w.aggregate_id, \($0)) "
                + "= outbox_lane(p.aggregate_type, p.aggregate_id, \($0))"
        }
        let result = try await session.query(
            """
            SELECT p.id, count(*) FROM outbox_events p JOIN outbox_events w
                ON NOT w.published AND w.parked_at IS NULL AND w.id > p.id
                    AND w.aggregate_type = p.aggregate_type AND w.aggregate_id = p.aggregate_id
                    \(unsafe: sameLane ?? "")
            WHERE p.id = ANY (\(sequences)) GROUP BY p.id
            """)
        var counts: [Int64: Int64] = [:]
        for row in result.rows {
            let (sequence, count) = try row.decode((Int64, Int64).self)
            counts[sequence] = count
        }
        return counts
    }

    /// The largest number of lanes that there is a valid index for: its lanes are the shortest.
    private static func finestLanes(in session: any PQSession) async throws -> Int64? {
        let result = try await session.query(
            """
            SELECT max(substring(c.relname FROM '^outbox_events_lane_(\\d+)_idx$')::int8)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = 'outbox_events'::regclass AND i.indisvalid
            """)
        return try result[0].decode(0)
    }
}
