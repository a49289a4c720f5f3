import FoundationEssentials
import LibPQ

extension CommandUnit {
    func insert(_ assignment: AssignmentRecord) async throws {
        try await transaction.execute(
            """
            INSERT INTO assignments (tenant_id, assignment_id, position_code, employee_id, employee_name, status,
                assignment_type, fte, effective_date, end_date, auto_revert)
            VALUES (\(tenantID), \(assignment.id), \(assignment.positionCode), \(assignment.employeeID),
                \(assignment.employeeName), \(assignment.status.rawValue), \(assignment.type.rawValue),
                \(assignment.fte)::float8::numeric(3, 2), \(assignment.effectiveDate), \(assignment.endDate),
                \(assignment.autoRevert))
            """)
    }

    /// Writes what may change in an assignment.
    func update(_ assignment: AssignmentRecord) async throws {
        try await transaction.execute(
            """
            UPDATE assignments
            SET employee_name = \(assignment.employeeName), status = \(assignment.status.rawValue),
                assignment_type = \(assignment.type.rawValue), fte = \(assignment.fte)::float8::numeric(3, 2),
                end_date = \(assignment.endDate), auto_revert = \(assignment.autoRevert), updated_at = now()
            WHERE tenant_id = \(tenantID) AND assignment_id = \(assignment.id)
            """)
    }

    /// An assignment of a position whose row is locked, which keeps the assignment from changing too.
    ///
    /// - Throws: ``CommandError`` when there is none, or it has ended.
    func openAssignment(_ id: UUID, of position: String) async throws -> AssignmentRecord {
        let rows = try await transaction.query(
            """
            SELECT assignment_id, position_code, employee_id, employee_name, status, assignment_type, fte::float8,
                effective_date, end_date, auto_revert
            FROM assignments
            WHERE tenant_id = \(tenantID) AND assignment_id = \(id) AND position_code = \(position)
            """)
        guard let row = rows.rows.first else {
            throw Rules.notFound(.assignment, id.text, field: "assignmentId")
        }
        let assignment = try AssignmentRecord(row)
        guard assignment.status != .ended else { throw Rules.assignmentEnded(id) }
        return assignment
    }

    /// The assignments of a locked position that have not ended, the oldest first.
    func openAssignments(of position: String) async throws -> [AssignmentRecord] {
        let rows = try await transaction.query(
            """
            SELECT assignment_id, position_code, employee_id, employee_name, status, assignment_type, fte::float8,
                effective_date, end_date, auto_revert
            FROM assignments
            WHERE tenant_id = \(tenantID) AND position_code = \(position) AND status <> 'ENDED'
            ORDER BY effective_date, assignment_id
            """)
        return try rows.rows.map { try AssignmentRecord($0) }
    }

    /// Ends an assignment.
    ///
    /// - Parameter endDate: the last day; today unless given, or the first day when that is still ahead.
    func end(_ assignment: inout AssignmentRecord, on endDate: CalendarDate?) async throws {
        let endDate = endDate ?? max(today, assignment.effectiveDate)
        guard endDate >= assignment.effectiveDate else {
            throw Rules.endBeforeStart(endDate, start: assignment.effectiveDate)
        }
        assignment.status = .ended
        assignment.endDate = endDate
        try await update(assignment)
    }
}
