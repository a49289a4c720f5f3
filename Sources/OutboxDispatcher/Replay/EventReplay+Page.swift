import LibPQ

extension EventReplay {
    /// A page's events end after the one whose payload, as stored, passes this size.
    private static let pageBytes = 1 << 20

    /// The next events of a plan, in order of their sequences.
    ///
    /// - Parameters:
    ///   - sequence: those after this one.
    ///   - limit: the most events.
    /// - Returns: `nil` when there are no more.
    func page(of plan: ReplayPlan, after sequence: Int64, limit: Int) async throws -> ClaimedEvents.Lane? {
        var selection = plan.selection
        selection.after = sequence
        let statement = PQStatement(
            unsafe: """
                SELECT 0, id, event_id, event_type, aggregate_type, aggregate_id, payload, headers, retry_count,
                    created_at, payload ->> 'occurredAt', payload ->> 'tenantId'
                FROM (
                    SELECT *,
                        sum(pg_column_size(payload)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING)
                            - pg_column_size(payload) AS bytes_before
                    FROM (
                        SELECT * FROM outbox_events
                        WHERE published AND published_at <= $9 AND \(ReplaySelection.condition)
                        ORDER BY id LIMIT $10
                    ) AS selected
                ) AS measured
                WHERE bytes_before < $11 ORDER BY id
                """,
            selection.parameters + [plan.plannedAt, Int64(limit), Int64(Self.pageBytes)] as [any PQEncodable])
        let result = try await pool.withConnection { try await $0.query(statement) }
        return ClaimedEvents(result).byLane().first
    }
}
