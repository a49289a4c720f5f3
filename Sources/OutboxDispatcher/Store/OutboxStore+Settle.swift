import LibPQ

extension OutboxStore {
    private static let fence = """
        WITH owned AS MATERIALIZED (
            SELECT count(*) = cardinality($2::int[]) AS all_lanes
            FROM outbox_lanes JOIN unnest($2::int[], $3::bigint[]) AS held (lane, epoch) USING (lane, epoch)
            WHERE owner = $4
        )
        """
    private static let mark = """
        UPDATE outbox_events SET published = TRUE, published_at = now(), last_error = NULL
        WHERE id = ANY ($1::bigint[]) AND NOT published AND (SELECT all_lanes FROM owned)
        """
    private static let delete = """
        DELETE FROM outbox_events WHERE id = ANY ($1::bigint[]) AND (SELECT all_lanes FROM owned)
        """
    private static let answer = "SELECT all_lanes FROM owned"

    /// Settles acknowledged events of some lanes in one statement.
    ///
    /// - Returns: `false`, and nothing is settled, when one of the lanes is no longer this instance's under its epoch.
    func settle(_ sequences: [Int64], lanes: [Int], epochs: [Int64]) async throws -> Bool {
        let statement = settleStatement(sequences, lanes: lanes, epochs: epochs)
        return try await pool.withConnection { connection in
            let result = try await connection.query(statement)
            return try result[0].decode(0, as: Bool.self)
        }
    }

    func settleStatement(_ sequences: [Int64], lanes: [Int], epochs: [Int64]) -> PQStatement {
        PQStatement(
            unsafe: "\(Self.fence), settled AS (\(keepsRows ? Self.mark : Self.delete)) \(Self.answer)",
            [sequences, lanes.map(Int32.init), epochs, instance])
    }
}
