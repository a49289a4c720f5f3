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

    let rows: [Row]
    /// Why nothing is seen; `nil` when it is.
    var unseen: String?

    /// - Parameter unseen: why nothing is seen.
    init(unseen: String) {
        rows = []
        self.unseen = unseen
    }

    init(_ result: PQResult) throws {
        rows = try result.rows.map { row in
            Row(
                at: try row.decode(0), actor: try row.decode(1), action: try row.decode(2), events: try row.decode(3),
                aggregateType: try row.decode(4), aggregateID: try row.decode(5), reason: try row.decode(6))
        }
    }
}
