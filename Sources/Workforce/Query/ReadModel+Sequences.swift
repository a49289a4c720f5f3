import FoundationEssentials
import LibPQ

extension ReadModel {
    /// The sequences of the newest events that have been applied, by aggregate id; none for unknown aggregates.
    ///
    /// An id is looked for among positions, assignments, job levels and organizations. Where a tenant gives one code to
    /// several of them, the highest counts.
    public func sequences(of aggregateIDs: [String]) async throws -> [String: Int64] {
        let rows = try await session.query(
            """
            SELECT id, max(sequence) FROM (
                SELECT id, sequence
                FROM unnest(\(aggregateIDs)) AS wanted (id)
                JOIN read_model.positions ON tenant_id = \(tenantID) AND code = id
                UNION ALL
                SELECT id, sequence
                FROM unnest(\(aggregateIDs), \(aggregateIDs.map(UUID.init(uuidString:)))) AS wanted (id, uuid)
                JOIN read_model.assignments ON tenant_id = \(tenantID) AND assignment_id = uuid
                UNION ALL
                SELECT id, sequence
                FROM unnest(\(aggregateIDs)) AS wanted (id)
                JOIN read_model.job_level_versions ON tenant_id = \(tenantID) AND code = id
                UNION ALL
                SELECT id, sequence
                FROM unnest(\(aggregateIDs)) AS wanted (id)
                JOIN read_model.organizations ON tenant_id = \(tenantID) AND code = id
            ) AS found
            GROUP BY id
            """)
        return try Dictionary(
            rows.rows.map { try $0.decode((String, Int64).self) }, uniquingKeysWith: { first, _ in first })
    }
}
