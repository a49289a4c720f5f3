import FoundationEssentials
import LibPQ

extension ReadModel {
    /// Assignments by position, the newest first, whatever the tenants.
    static func assignments(
        _ positions: [TenantKey], in session: any PQSession
    ) async throws -> [TenantKey: [AssignmentAnswer]] {
        guard !positions.isEmpty else { return [:] }
        let rows = try await session.query(
            """
            SELECT tenant_id, \(unsafe: assignmentColumns)
            FROM unnest(\(positions.map(\.tenantID)), \(positions.map(\.code))) AS wanted (tenant_id, position_code)
            JOIN read_model.assignments USING (tenant_id, position_code)
            ORDER BY \(unsafe: newestFirst)
            """)
        var answers: [TenantKey: [AssignmentAnswer]] = [:]
        for row in rows.rows {
            let answer = try assignment(row)
            let key = TenantKey(tenantID: try row.decode("tenant_id"), code: answer.positionCode)
            answers[key, default: []].append(answer)
        }
        return answers
    }

    static let assignmentColumns = """
        assignment_id, position_code, employee_id, employee_name, status, assignment_type, fte, effective_date, end_date,
        auto_revert, created_at, updated_at
        """

    static let newestFirst = "effective_date DESC, created_at DESC NULLS LAST, assignment_id DESC"

    static func assignment(_ row: PQRow) throws(PQError) -> AssignmentAnswer {
        let status = AssignmentStatus(rawValue: try row.decode("status"))
        return AssignmentAnswer(
            assignmentId: try row.decode("assignment_id"), positionCode: try row.decode("position_code"),
            employeeId: try row.decode("employee_id"), employeeName: try row.decode("employee_name"),
            assignmentType: AssignmentType(rawValue: try row.decode("assignment_type")), assignmentStatus: status,
            fte: try row.decode("fte"), effectiveDate: try row.decode("effective_date"),
            endDate: try row.decode("end_date"), autoRevert: try row.decode("auto_revert"),
            isCurrent: status == .active, createdAt: try timestamp(row, "created_at"),
            updatedAt: try timestamp(row, "updated_at"))
    }
}
