import LibPQ
import Outbox

/// What a tenant's queries must answer, told by the command database alone, in SQL that shares nothing with the read
/// model.
struct CommandTruth {
    let pool: PQPool
    let tenant: String

    func positions() async throws -> [JSONValue] { try await positionRows().filter { !$0.isDeleted }.map(\.position) }

    /// A deleted one is null.
    func positionsByCode() async throws -> [(String, JSONValue)] {
        try await positionRows().map { ($0.code, $0.isDeleted ? .null : $0.position) }
    }

    private func positionRows() async throws -> [(code: String, isDeleted: Bool, position: JSONValue)] {
        let rows = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT p.code, p.is_deleted, json_build_object(
                    'code', p.code, 'recordId', p.record_id, 'tenantId', p.tenant_id, 'title', p.title,
                    'status', CASE
                        WHEN p.is_inactive THEN 'INACTIVE'
                        WHEN used.fte = 0 THEN 'VACANT'
                        WHEN used.fte < p.headcount_capacity THEN 'PARTIALLY_FILLED' ELSE 'FILLED' END,
                    'organizationCode', p.organization_code, 'organizationName', o.name,
                    'jobFamilyGroupCode', p.job_family_group_code, 'jobFamilyCode', p.job_family_code,
                    'jobRoleCode', p.job_role_code, 'jobLevelCode', p.job_level_code,
                    'positionType', p.position_type, 'employmentType', p.employment_type,
                    'headcountCapacity', p.headcount_capacity::float8, 'headcountInUse', used.fte::float8,
                    'availableHeadcount', (p.headcount_capacity - used.fte)::float8,
                    'effectiveDate', p.effective_date,
                    'currentAssignment', (
                        SELECT json_build_object('assignmentId', assignment_id) FROM assignments AS a
                        WHERE a.tenant_id = p.tenant_id AND a.position_code = p.code AND a.status = 'ACTIVE'
                        ORDER BY (assignment_type = 'PRIMARY') DESC, effective_date DESC, assignment_id DESC LIMIT 1),
                    'assignmentHistory', (
                        SELECT coalesce(json_agg(\(unsafe: Self.assignment) ORDER BY \(unsafe: Self.newestFirst)), '[]')
                        FROM assignments AS a WHERE a.tenant_id = p.tenant_id AND a.position_code = p.code)
                )::text
                FROM positions AS p
                LEFT JOIN organizations AS o ON o.tenant_id = p.tenant_id AND o.code = p.organization_code
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum(fte), 0) AS fte FROM assignments AS a
                    WHERE a.tenant_id = p.tenant_id AND a.position_code = p.code AND a.status = 'ACTIVE') AS used
                WHERE p.tenant_id = \(tenant)
                ORDER BY p.code
                """)
        }
        return try rows.rows.map { row in
            let (code, isDeleted, text) = try row.decode((String, Bool, String).self)
            return (code, isDeleted, try JSONValue(parsing: text.utf8))
        }
    }

    func assignments() async throws -> [JSONValue] {
        try await list(
            """
            SELECT \(unsafe: Self.assignment)::text FROM assignments AS a
            WHERE tenant_id = \(tenant) ORDER BY \(unsafe: Self.newestFirst)
            """)
    }

    func organizations() async throws -> [JSONValue] {
        try await list(
            """
            SELECT json_build_object('code', code, 'recordId', record_id, 'name', name, 'unitType', unit_type,
                'status', status, 'effectiveDate', effective_date)::text
            FROM organizations WHERE tenant_id = \(tenant) ORDER BY code
            """)
    }

    func jobLevels() async throws -> [JSONValue] {
        try await list(
            """
            SELECT json_build_object('code', l.code, 'recordId', v.record_id, 'name', v.name,
                'jobRoleCode', l.role_code, 'levelRank', l.level_rank, 'status', v.status,
                'effectiveDate', v.effective_date)::text
            FROM job_levels AS l JOIN job_level_versions AS v USING (tenant_id, code)
            WHERE tenant_id = \(tenant) ORDER BY l.code, v.effective_date DESC
            """)
    }

    /// By organization.
    func statistics() async throws -> [String: JSONValue] {
        let rows = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT o.code, \(unsafe: Self.counts)::text FROM organizations AS o
                LEFT JOIN positions AS p ON p.tenant_id = o.tenant_id AND p.organization_code = o.code
                LEFT JOIN assignments AS a ON a.tenant_id = p.tenant_id AND a.position_code = p.code
                WHERE o.tenant_id = \(tenant) GROUP BY o.code
                """)
        }
        return try Dictionary(
            rows.rows.map { row in
                let (code, text) = try row.decode((String, String).self)
                return (code, try JSONValue(parsing: text.utf8))
            }, uniquingKeysWith: { first, _ in first })
    }

    func statistics(position code: String) async throws -> JSONValue {
        try await list(
            """
            SELECT \(unsafe: Self.counts)::text FROM assignments AS a
            WHERE tenant_id = \(tenant) AND position_code = \(code)
            """)[0]
    }

    private static let assignment = """
        json_build_object('assignmentId', a.assignment_id, 'positionCode', a.position_code,
            'employeeId', a.employee_id, 'employeeName', a.employee_name, 'assignmentType', a.assignment_type,
            'assignmentStatus', a.status, 'fte', a.fte::float8, 'effectiveDate', a.effective_date,
            'endDate', a.end_date, 'isCurrent', a.status = 'ACTIVE')
        """
    // The world's clock stands still, so all assignments were made at the same time.
    private static let newestFirst = "a.effective_date DESC, a.assignment_id DESC"

    private static let counts = """
        json_build_object('totalAssignments', count(a.assignment_id),
            'activeAssignments', count(nullif(a.status = 'ACTIVE', FALSE)),
            'pendingAssignments', count(nullif(a.status = 'PENDING', FALSE)),
            'endedAssignments', count(nullif(a.status = 'ENDED', FALSE)),
            'primaryAssignments', count(nullif(a.assignment_type = 'PRIMARY', FALSE)),
            'secondaryAssignments', count(nullif(a.assignment_type = 'SECONDARY', FALSE)),
            'actingAssignments', count(nullif(a.assignment_type = 'ACTING', FALSE)))
        """

    private func list(_ statement: PQStatement) async throws -> [JSONValue] {
        try await pool.withConnection { connection in
            try await connection.query(statement).rows.map { row in
                try JSONValue(parsing: try row.decode(0, as: String.self).utf8)
            }
        }
    }
}
