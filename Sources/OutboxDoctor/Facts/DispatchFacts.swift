package import LibPQ
package import Outbox

/// Who dispatches.
package struct DispatchFacts: Sendable {
    /// The lanes and their owners.
    package var shares: LaneShares
    /// The numbers of lanes that live dispatchers work with, by their names.
    var lanes: [String: Int] = [:]

    /// Those who hold leases without being listed as dispatchers.
    var unlisted: [LaneShares.Dispatcher] { shares.dispatchers.filter { $0.state == .stopping } }

    /// - Throws: `PQError`.
    package static func read(_ connection: PQConnection) async throws -> DispatchFacts {
        let shares = try await connection.withTransaction(isolation: .repeatableRead, readOnly: true) {
            try await LaneShares.read(in: $0)
        }
        let lanes = try await connection.query(
            "SELECT instance, lanes::int8 FROM outbox_dispatchers WHERE seen_until > now()")
        var facts = DispatchFacts(shares: shares)
        for row in lanes.rows {
            let (name, count) = try row.decode((String, Int64).self)
            facts.lanes[name] = Int(count)
        }
        return facts
    }
}
