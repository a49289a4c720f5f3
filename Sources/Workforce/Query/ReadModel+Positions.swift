import LibPQ

extension ReadModel {
    /// Positions by key, whatever the tenants.
    static func positions(_ keys: [TenantKey], in session: any PQSession) async throws -> [TenantKey: PositionAnswer] {
        guard !keys.isEmpty else { return [:] }
        let rows = try await session.query(
            """
            SELECT p.tenant_id, p.code, p.record_id, p.title, s.status, p.organization_code, p.job_family_group_code,
                p.job_family_code, p.job_role_code, p.job_level_code, p.position_type, p.employment_type,
                p.effective_date, s.headcount_capacity, s.headcount_in_use, p.created_at,
                greatest(p.updated_at, s.updated_at) AS updated_at
            FROM unnest(\(keys.map(\.tenantID)), \(keys.map(\.code))) AS wanted (tenant_id, code)
            JOIN read_model.positions AS p USING (tenant_id, code)
            JOIN read_model.position_staffing AS s USING (tenant_id, code)
            WHERE NOT p.is_deleted
            """)
        guard rows.rowCount > 0 else { return [:] }
        let assignments = try await assignments(keys, in: session)
        var answers: [TenantKey: PositionAnswer] = [:]
        for row in rows.rows {
            let key = TenantKey(tenantID: try row.decode("tenant_id"), code: try row.decode("code"))
            answers[key] = try position(row, key: key, history: assignments[key] ?? [])
        }
        return answers
    }

    private static func position(
        _ row: PQRow, key: TenantKey, history: [AssignmentAnswer]
    ) throws(PQError) -> PositionAnswer {
        let capacity = try row.decode("headcount_capacity", as: Double.self)
        let inUse = try row.decode("headcount_in_use", as: Double.self)
        let current = history.filter(\.isCurrent)
        return PositionAnswer(
            code: key.code, recordId: try row.decode("record_id"), tenantId: key.tenantID,
            title: try row.decode("title"),
            status: PositionStatus(rawValue: try row.decode("status")),
            organizationCode: try row.decode("organization_code"),
            jobFamilyGroupCode: try row.decode("job_family_group_code"),
            jobFamilyCode: try row.decode("job_family_code"), jobRoleCode: try row.decode("job_role_code"),
            jobLevelCode: try row.decode("job_level_code"), positionType: try row.decode("position_type"),
            employmentType: try row.decode("employment_type"), effectiveDate: try row.decode("effective_date"),
            headcountCapacity: capacity, headcountInUse: inUse,
            // Hundredths, of which differences of binary numbers fall a little short.
            availableHeadcount: ((capacity - inUse) * 100).rounded() / 100,
            currentAssignment: current.first { $0.assignmentType == .primary } ?? current.first,
            assignmentHistory: history, createdAt: try timestamp(row, "created_at"),
            updatedAt: try timestamp(row, "updated_at"))
    }
}
