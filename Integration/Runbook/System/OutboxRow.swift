import FoundationEssentials
import LibPQ

/// An event in the outbox, as the runbook looks at it.
struct OutboxRow {
    static let columns = [
        "event_id", "event_type", "aggregate_id", "retry_count", "available_at", "published_at", "request_id",
    ]

    /// In the order of ``columns``.
    let cells: [String]
    let eventType: String
    let requestID: String?
    let isPublished: Bool

    /// - Parameters:
    ///   - sequence: those behind it only.
    ///   - tenant: those of this tenant only.
    static func read(_ pool: PQPool, behind sequence: Int64, tenant: String) async throws -> [OutboxRow] {
        let result = try await pool.withConnection {
            try await $0.query(
                """
                SELECT event_id::text, event_type, aggregate_id, retry_count::text, available_at::text,
                    published_at::text, payload ->> 'requestId', published
                FROM outbox_events WHERE id > \(sequence) AND payload ->> 'tenantId' = \(tenant) ORDER BY id
                """)
        }
        return try result.rows.map { row in
            let cells = try (0..<7).map { try row.decode($0, as: String?.self) }
            return OutboxRow(
                cells: cells.map { $0 ?? "" }, eventType: cells[1] ?? "", requestID: cells[6],
                isPublished: try row.decode(7, as: Bool.self))
        }
    }

    /// The last sequence in the outbox.
    static func lastSequence(_ pool: PQPool) async throws -> Int64 {
        try await pool.withConnection {
            try await $0.query("SELECT coalesce(max(id), 0) FROM outbox_events").int64(row: 0, column: 0)
        }
    }

    /// How many events of each type were written behind a sequence, whoever's they are.
    static func types(_ pool: PQPool, behind sequence: Int64) async throws -> [String: Double] {
        let result = try await pool.withConnection {
            try await $0.query(
                """
                SELECT event_type, count(*)::float8 FROM outbox_events WHERE id > \(sequence) GROUP BY event_type
                """)
        }
        return Dictionary(
            try result.rows.map { try $0.decode((String, Double).self) }, uniquingKeysWith: +)
    }
}
