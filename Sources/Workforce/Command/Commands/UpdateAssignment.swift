public import FoundationEssentials
import LibPQ

/// Changes an assignment that has not ended; writes `assignment.updated`, and `position.updated` when that changes the
/// position's head count or status. What is `nil` stays as it is.
public struct UpdateAssignment: Command {
    public var positionCode: String
    public var assignmentID: UUID
    public var employeeName: String?
    public var assignmentType: AssignmentType?
    public var fte: Double?
    public var endDate: CalendarDate?
    public var autoRevert: Bool?
    public var activates: Bool

    /// - Parameters:
    ///   - endDate: the last day that is planned; the assignment stays open until it is closed.
    ///   - activates: makes a pending assignment active.
    public init(
        positionCode: String, assignmentID: UUID, employeeName: String? = nil, assignmentType: AssignmentType? = nil,
        fte: Double? = nil, endDate: CalendarDate? = nil, autoRevert: Bool? = nil, activates: Bool = false
    ) {
        self.positionCode = positionCode
        self.assignmentID = assignmentID
        self.employeeName = employeeName
        self.assignmentType = assignmentType
        self.fte = fte
        self.endDate = endDate
        self.autoRevert = autoRevert
        self.activates = activates
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(positionCode, "positionCode")
        if let employeeName { check.text(employeeName, "employeeName") }
        if let assignmentType { check.known(assignmentType, "assignmentType") }
        if let fte { check.hundredths(fte, "fte", from: 0.01, to: 1) }
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> AssignmentPayload {
        unit.concerns(.assignment, assignmentID.text)
        let before = try await unit.lockPosition(positionCode).position
        var assignment = try await unit.openAssignment(assignmentID, of: positionCode)
        if let employeeName { assignment.employeeName = employeeName }
        if let assignmentType { assignment.type = assignmentType }
        if let fte { assignment.fte = fte }
        if let endDate { assignment.endDate = endDate }
        if let autoRevert { assignment.autoRevert = autoRevert }
        if activates { assignment.status = .active }
        if let endDate = assignment.endDate, endDate < assignment.effectiveDate {
            throw Rules.endBeforeStart(endDate, start: assignment.effectiveDate)
        }
        try await unit.update(assignment)
        let after = try await unit.restaff(positionCode)
        let payload = assignment.payload(in: after)
        unit.record(.assignmentUpdated(payload))
        if after != before { unit.record(.positionUpdated(after)) }
        return payload
    }
}
