public import FoundationEssentials
import LibPQ

/// Ends an assignment; writes `assignment.closed`, and `position.updated` for the head count.
public struct CloseAssignment: Command {
    public var positionCode: String
    public var assignmentID: UUID
    public var endDate: CalendarDate?

    /// - Parameter endDate: the last day; today unless given, or the first day when that is still ahead.
    public init(positionCode: String, assignmentID: UUID, endDate: CalendarDate? = nil) {
        self.positionCode = positionCode
        self.assignmentID = assignmentID
        self.endDate = endDate
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(positionCode, "positionCode")
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> AssignmentPayload {
        unit.concerns(.assignment, assignmentID.text)
        _ = try await unit.lockPosition(positionCode)
        var assignment = try await unit.openAssignment(assignmentID, of: positionCode)
        try await unit.end(&assignment, on: endDate)
        let position = try await unit.restaff(positionCode)
        let payload = assignment.payload(in: position)
        unit.record(.assignmentClosed(payload), .positionUpdated(position))
        return payload
    }
}
