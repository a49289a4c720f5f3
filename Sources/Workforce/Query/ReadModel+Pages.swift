import LibPQ

// Lists, page by page. Each comes from one statement that gives the page's keys and how many there are on all pages;
// the statement's text never varies with the filter, so that it stays prepared.
extension ReadModel {
    /// The positions that were not deleted, by code.
    public func positions(
        _ filter: PositionFilter = PositionFilter(), page request: PageRequest = .first
    ) async throws -> Page<PositionAnswer> {
        let rows = try await session.query(
            """
            WITH matching AS (
                SELECT p.code
                FROM read_model.positions AS p
                JOIN read_model.position_staffing AS s USING (tenant_id, code)
                WHERE p.tenant_id = \(tenantID) AND NOT p.is_deleted
                    AND (\(filter.codes) IS NULL OR p.code = ANY(\(filter.codes)))
                    AND (\(filter.statuses?.map(\.rawValue)) IS NULL OR s.status = ANY(\(filter.statuses?.map(\.rawValue))))
                    AND (\(filter.organizationCode) IS NULL OR p.organization_code = \(filter.organizationCode))
                    AND (\(filter.jobFamilyGroupCode) IS NULL OR p.job_family_group_code = \(filter.jobFamilyGroupCode))
                    AND (\(filter.jobFamilyCode) IS NULL OR p.job_family_code = \(filter.jobFamilyCode))
                    AND (\(filter.jobRoleCode) IS NULL OR p.job_role_code = \(filter.jobRoleCode))
                    AND (\(filter.jobLevelCode) IS NULL OR p.job_level_code = \(filter.jobLevelCode))
                    AND (\(filter.positionType) IS NULL OR p.position_type = \(filter.positionType))
                    AND (\(filter.employmentType) IS NULL OR p.employment_type = \(filter.employmentType))
                    AND (\(filter.titleContains) IS NULL OR strpos(lower(p.title), lower(\(filter.titleContains))) > 0)
            ), page AS (SELECT code FROM matching ORDER BY code LIMIT \(request.pageSize) OFFSET \(request.offset))
            SELECT (SELECT count(*) FROM matching) AS total, ARRAY(SELECT code FROM page ORDER BY code) AS codes
            """)
        let codes = try rows[0].decode("codes", as: [String].self)
        let keys = codes.map { TenantKey(tenantID: tenantID, code: $0) }
        let answers = try await Self.positions(keys, in: session)
        return Page(nodes: keys.compactMap { answers[$0] }, total: try Self.total(rows), request: request)
    }

    /// Assignments, the newest first.
    public func assignments(
        _ filter: AssignmentFilter = AssignmentFilter(), page request: PageRequest = .first
    ) async throws -> Page<AssignmentAnswer> {
        let rows = try await session.query(
            """
            WITH matching AS (
                SELECT \(unsafe: Self.assignmentColumns)
                FROM read_model.assignments AS a
                WHERE tenant_id = \(tenantID)
                    AND (\(filter.positionCode) IS NULL OR position_code = \(filter.positionCode))
                    AND (\(filter.organizationCode) IS NULL OR EXISTS (
                        SELECT FROM read_model.positions AS p
                        WHERE p.tenant_id = a.tenant_id AND p.code = a.position_code
                            AND p.organization_code = \(filter.organizationCode)))
                    AND (\(filter.statuses?.map(\.rawValue)) IS NULL OR status = ANY(\(filter.statuses?.map(\.rawValue))))
                    AND (\(filter.types?.map(\.rawValue)) IS NULL
                        OR assignment_type = ANY(\(filter.types?.map(\.rawValue))))
                    AND (\(filter.employeeID) IS NULL OR employee_id = \(filter.employeeID))
                    AND (\(filter.isCurrent) IS NULL OR (status = 'ACTIVE') = \(filter.isCurrent))
                    AND (\(filter.asOfDate) IS NULL
                        OR \(filter.asOfDate) BETWEEN effective_date AND coalesce(end_date, 'infinity'))
            ), page AS (
                SELECT * FROM matching
                ORDER BY \(unsafe: Self.newestFirst) LIMIT \(request.pageSize) OFFSET \(request.offset)
            )
            SELECT total, page.* FROM (SELECT count(*) AS total FROM matching) AS total LEFT JOIN page ON TRUE
            ORDER BY \(unsafe: Self.newestFirst)
            """)
        return try Self.page(rows, request, Self.assignment)
    }

    /// Organizations, by code.
    public func organizations(
        _ filter: OrganizationFilter = OrganizationFilter(), page request: PageRequest = .first
    ) async throws -> Page<OrganizationAnswer> {
        let rows = try await session.query(
            """
            WITH matching AS (
                SELECT \(unsafe: Self.organizationColumns)
                FROM read_model.organizations
                WHERE tenant_id = \(tenantID)
                    AND (\(filter.codes) IS NULL OR code = ANY(\(filter.codes)))
                    AND (\(filter.statuses?.map(\.rawValue)) IS NULL OR status = ANY(\(filter.statuses?.map(\.rawValue))))
                    AND (\(filter.unitType) IS NULL OR unit_type = \(filter.unitType))
                    AND (\(filter.nameContains) IS NULL OR strpos(lower(name), lower(\(filter.nameContains))) > 0)
            ), page AS (SELECT * FROM matching ORDER BY code LIMIT \(request.pageSize) OFFSET \(request.offset))
            SELECT total, page.* FROM (SELECT count(*) AS total FROM matching) AS total LEFT JOIN page ON TRUE
            ORDER BY code
            """)
        return try Self.page(rows, request, Self.organization)
    }

    /// Versions of job levels, by code, of each the newest first.
    public func jobLevels(
        _ filter: JobLevelFilter = JobLevelFilter(), page request: PageRequest = .first
    ) async throws -> Page<JobLevelAnswer> {
        let rows = try await session.query(
            """
            WITH matching AS (
                SELECT \(unsafe: Self.jobLevelColumns)
                FROM read_model.job_level_versions AS version
                WHERE tenant_id = \(tenantID)
                    AND (\(filter.code) IS NULL OR code = \(filter.code))
                    AND (\(filter.roleCode) IS NULL OR role_code = \(filter.roleCode))
                    AND (\(filter.statuses?.map(\.rawValue)) IS NULL OR status = ANY(\(filter.statuses?.map(\.rawValue))))
                    AND (\(filter.asOfDate) IS NULL OR effective_date = (
                        SELECT max(effective_date) FROM read_model.job_level_versions AS other
                        WHERE other.tenant_id = version.tenant_id AND other.code = version.code
                            AND other.effective_date <= \(filter.asOfDate)))
            ), page AS (
                SELECT * FROM matching
                ORDER BY code, effective_date DESC LIMIT \(request.pageSize) OFFSET \(request.offset)
            )
            SELECT total, page.* FROM (SELECT count(*) AS total FROM matching) AS total LEFT JOIN page ON TRUE
            ORDER BY code, effective_date DESC
            """)
        return try Self.page(rows, request, Self.jobLevel)
    }

    private static func total(_ rows: PQResult) throws(PQError) -> Int { Int(try rows.int64(row: 0, column: 0)) }

    /// - Parameter rows: in each the total, the node's key, its other columns; on an empty page one, without a key.
    private static func page<Node>(
        _ rows: PQResult, _ request: PageRequest, _ node: (PQRow) throws(PQError) -> Node
    ) throws -> Page<Node> {
        let isEmpty = rows.isNull(row: 0, column: 1)
        return Page(nodes: isEmpty ? [] : try rows.rows.map(node), total: try total(rows), request: request)
    }
}
