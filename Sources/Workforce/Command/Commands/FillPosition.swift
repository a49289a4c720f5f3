import LibPQ
import Outbox

/// Puts somebody in a position; writes `assignment.filled`, and `position.updated` for the head count.
///
/// An assignment that begins on a later day is pending: it reserves its share of the capacity and is no head count in
/// use yet.
public struct FillPosition: Command {
    public var positionCode: String
    public var employeeID: String
    public var employeeName: String
    public var assignmentType: AssignmentType
    public var fte: Double
    public var effectiveDate: CalendarDate
    public var endDate: CalendarDate?
    public var autoRevert: Bool

    /// - Parameters:
    ///   - fte: full-time equivalents, 0.01 to 1.
    ///   - endDate: the last day, if it is known.
    ///   - autoRevert: whether an acting assignment is to end by itself on its last day.
    public init(
        positionCode: String, employeeID: String, employeeName: String, assignmentType: AssignmentType = .primary,
        fte: Double = 1, effectiveDate: CalendarDate, endDate: CalendarDate? = nil, autoRevert: Bool = false
    ) {
        self.positionCode = positionCode
        self.employeeID = employeeID
        self.employeeName = employeeName
        self.assignmentType = assignmentType
        self.fte = fte
        self.effectiveDate = effectiveDate
        self.endDate = endDate
        self.autoRevert = autoRevert
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(positionCode, "positionCode")
        check.text(employeeID, "employeeId", atMost: 64)
        check.text(employeeName, "employeeName")
        check.known(assignmentType, "assignmentType")
        check.hundredths(fte, "fte", from: 0.01, to: 1)
        check.require(
            !autoRevert || (assignmentType == .acting && endDate != nil), "autoRevert",
            "needs an acting assignment with an end date")
        try check.finish()
        if let endDate, endDate < effectiveDate { throw Rules.endBeforeStart(endDate, start: effectiveDate) }
    }

    public func run(in unit: CommandUnit) async throws -> AssignmentPayload {
        let assignment = AssignmentRecord(
            id: UUIDv7.next(), positionCode: positionCode, employeeID: employeeID, employeeName: employeeName,
            status: effectiveDate > unit.today ? .pending : .active, type: assignmentType, fte: fte,
            effectiveDate: effectiveDate, endDate: endDate, autoRevert: autoRevert)
        unit.concerns(.assignment, assignment.id.text)
        guard try await !unit.lockPosition(positionCode).isInactive else {
            throw Rules.positionInactive(positionCode)
        }
        try await unit.insert(assignment)
        let position = try await unit.restaff(positionCode)
        let payload = assignment.payload(in: position)
        unit.record(.assignmentFilled(payload), .positionUpdated(position))
        return payload
    }
}
