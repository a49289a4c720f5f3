import FoundationEssentials
import LibPQ

/// A replay's row in the audit: begun before the first event is sent, kept up to date, and ended.
///
/// A replay that was killed has no end in its row, and says how far it had come for sure.
struct ReplayAudit: Sendable {
    private struct Beginning: Encodable {
        let replayID: String
        let selection: ReplaySelection
        let events: Int64
        let topics: [String]
    }

    private let id: Int64
    private let pool: PQPool

    static func begin(
        _ plan: ReplayPlan, _ result: ReplayResult, actor: String, reason: String, pool: PQPool
    ) async throws -> ReplayAudit {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        let beginning = Beginning(
            replayID: result.replayID.uuidString.lowercased(), selection: plan.selection, events: plan.events,
            topics: Set(plan.lines.compactMap(\.topic)).sorted())
        let details = PQJSON(bytes: Array(try encoder.encode(beginning)))
        // An aggregate's replay is found by its aggregate.
        let only = plan.selection.aggregates.count == 1 ? plan.selection.aggregates.first : nil
        let event = plan.selection.eventIDs.count == 1 ? plan.selection.eventIDs.first : nil
        let row = try await pool.withConnection { connection in
            try await connection.query(
                """
                INSERT INTO outbox_audit (actor, action, event_id, aggregate_type, aggregate_id, reason, details)
                VALUES (\(actor), 'replay', \(event), \(only?.type), \(only?.id), \(reason), \(details))
                RETURNING id
                """)
        }
        return ReplayAudit(id: try row.int64(row: 0, column: 0), pool: pool)
    }

    /// Writes down how far it came.
    func note(_ result: ReplayResult, isOver: Bool) async throws {
        let end = isOver ? result.end.rawValue : nil
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                """
                UPDATE outbox_audit SET details = details || jsonb_strip_nulls(jsonb_build_object(
                    'sent', \(result.sent)::int8, 'lastSequence', \(result.lastSequence)::int8,
                    'end', \(end)::text, 'problem', \(result.problem)::text,
                    'endedAt', CASE WHEN \(isOver) THEN clock_timestamp() END))
                WHERE id = \(id)
                """)
        }
    }
}
