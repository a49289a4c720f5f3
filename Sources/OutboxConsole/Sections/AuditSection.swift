import FoundationEssentials
import LibPQ

/// What operators did lately; what one of them did to many events at once is one row.
struct AuditSection: Encodable {
    struct Row: Encodable {
        let at: Date
        let actor: String
        let action: String
        let events: Int64
        /// One of the aggregates.
        let aggregateType: String?
        let aggregateID: String?
        let reason: String?
    }

    /// The latest first.
    var rows: [Row] = []
    /// Why nothing is seen; `nil` when it is.
    var unseen: String?

    private static let mostRows = 20

    /// What was done to the outbox and to read models together.
    init(_ rows: [Row]) {
        self.rows = Array(rows.sorted { $0.at > $1.at }.prefix(Self.mostRows))
    }

    /// - Parameter unseen: why nothing is seen.
    init(unseen: String) { self.unseen = unseen }

    /// - Parameter table: one of our own.
    static func latest(of table: StaticString) -> PQStatement {
        """
        SELECT at, actor, action, count(*), min(aggregate_type), min(aggregate_id), min(reason)
        FROM (
            SELECT id, at, actor, action, aggregate_type, aggregate_id, reason FROM \(unsafe: "\(table)")
            ORDER BY id DESC LIMIT 500
        ) AS latest
        GROUP BY at, actor, action ORDER BY max(id) DESC LIMIT \(Int64(mostRows))
        """
    }

    static func rows(of result: PQResult) throws -> [Row] {
        try result.rows.map { row in
            Row(
                at: try row.decode(0), actor: try row.decode(1), action: try row.decode(2), events: try row.decode(3),
                aggregateType: try row.decode(4), aggregateID: try row.decode(5), reason: try row.decode(6))
        }
    }
}
