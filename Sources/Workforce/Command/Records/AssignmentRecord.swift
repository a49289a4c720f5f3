import FoundationEssentials
import LibPQ

/// A row of `assignments`.
struct AssignmentRecord {
    let id: UUID
    let positionCode: String
    let employeeID: String
    var employeeName: String
    var status: AssignmentStatus
    var type: AssignmentType
    var fte: Double
    let effectiveDate: CalendarDate
    var endDate: CalendarDate?
    var autoRevert: Bool

    /// The event's payload, beside the position as it is after the change.
    func payload(in position: PositionPayload) -> AssignmentPayload {
        AssignmentPayload(
            assignmentId: id, positionCode: positionCode, employeeId: employeeID, employeeName: employeeName,
            assignmentStatus: status, assignmentType: type, fte: fte, effectiveDate: effectiveDate, endDate: endDate,
            autoRevert: autoRevert, positionStatus: position.status, headcountInUse: position.headcountInUse,
            headcountCapacity: position.headcountCapacity)
    }
}

extension AssignmentRecord {
    init(_ row: PQRow) throws(PQError) {
        id = try row.decode("assignment_id")
        positionCode = try row.decode("position_code")
        employeeID = try row.decode("employee_id")
        employeeName = try row.decode("employee_name")
        status = AssignmentStatus(rawValue: try row.decode("status"))
        type = AssignmentType(rawValue: try row.decode("assignment_type"))
        fte = try row.decode("fte")
        effectiveDate = try row.decode("effective_date")
        endDate = try row.decode("end_date")
        autoRevert = try row.decode("auto_revert")
    }
}
