import LibPQ

extension ReadModel {
    /// How many assignments each position has; none for positions of which nothing is known.
    static func assignmentStats(
        _ positions: [TenantKey], in session: any PQSession
    ) async throws -> [TenantKey: AssignmentStatsAnswer] {
        guard !positions.isEmpty else { return [:] }
        let rows = try await session.query(
            """
            SELECT wanted.tenant_id, wanted.code AS position_code, p.organization_code, \(unsafe: counts)
            FROM unnest(\(positions.map(\.tenantID)), \(positions.map(\.code))) AS wanted (tenant_id, code)
            LEFT JOIN read_model.positions AS p USING (tenant_id, code)
            LEFT JOIN read_model.assignments AS a ON a.tenant_id = wanted.tenant_id AND a.position_code = wanted.code
            GROUP BY wanted.tenant_id, wanted.code, p.organization_code
            HAVING p.organization_code IS NOT NULL OR count(a.assignment_id) > 0
            """)
        var answers: [TenantKey: AssignmentStatsAnswer] = [:]
        for row in rows.rows {
            let code = try row.decode("position_code", as: String.self)
            let key = TenantKey(tenantID: try row.decode("tenant_id"), code: code)
            answers[key] = try stats(
                row, positionCode: code, organizationCode: try row.decode("organization_code"))
        }
        return answers
    }

    /// How many assignments the positions of an organization have.
    public func assignmentStats(organizationCode: String) async throws -> AssignmentStatsAnswer {
        let rows = try await session.query(
            """
            SELECT \(unsafe: Self.counts)
            FROM read_model.positions AS p
            JOIN read_model.assignments AS a ON a.tenant_id = p.tenant_id AND a.position_code = p.code
            WHERE p.tenant_id = \(tenantID) AND p.organization_code = \(organizationCode)
            """)
        return try Self.stats(rows[0], positionCode: nil, organizationCode: organizationCode)
    }

    private static let counts = """
        count(a.assignment_id) AS total,
        count(*) FILTER (WHERE a.status = 'ACTIVE') AS active,
        count(*) FILTER (WHERE a.status = 'PENDING') AS pending,
        count(*) FILTER (WHERE a.status = 'ENDED') AS ended,
        count(*) FILTER (WHERE a.assignment_type = 'PRIMARY') AS primary_ones,
        count(*) FILTER (WHERE a.assignment_type = 'SECONDARY') AS secondary_ones,
        count(*) FILTER (WHERE a.assignment_type = 'ACTING') AS acting_ones,
        max(a.updated_at) AS last_updated_at
        """

    private static func stats(
        _ row: PQRow, positionCode: String?, organizationCode: String?
    ) throws(PQError) -> AssignmentStatsAnswer {
        func count(_ column: String) throws(PQError) -> Int { Int(try row.decode(column, as: Int64.self)) }
        return AssignmentStatsAnswer(
            positionCode: positionCode, organizationCode: organizationCode, totalAssignments: try count("total"),
            activeAssignments: try count("active"), pendingAssignments: try count("pending"),
            endedAssignments: try count("ended"), primaryAssignments: try count("primary_ones"),
            secondaryAssignments: try count("secondary_ones"), actingAssignments: try count("acting_ones"),
            lastUpdatedAt: try timestamp(row, "last_updated_at"))
    }
}
