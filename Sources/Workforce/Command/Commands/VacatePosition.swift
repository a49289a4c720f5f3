import LibPQ

/// Ends all assignments of a position; writes `assignment.vacated` for each, and `position.updated`.
public struct VacatePosition: Command {
    public var positionCode: String
    public var endDate: CalendarDate?

    /// - Parameter endDate: the assignments' last day; today unless given, or an assignment's first day when that is
    ///   still ahead.
    public init(positionCode: String, endDate: CalendarDate? = nil) {
        self.positionCode = positionCode
        self.endDate = endDate
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(positionCode, "positionCode")
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> [AssignmentPayload] {
        unit.concerns(.position, positionCode)
        _ = try await unit.lockPosition(positionCode)
        var assignments = try await unit.openAssignments(of: positionCode)
        guard !assignments.isEmpty else { throw Rules.positionVacant(positionCode) }
        for index in assignments.indices {
            try await unit.end(&assignments[index], on: endDate)
        }
        let position = try await unit.restaff(positionCode)
        let payloads = assignments.map { $0.payload(in: position) }
        for payload in payloads { unit.record(.assignmentVacated(payload)) }
        unit.record(.positionUpdated(position))
        return payloads
    }
}
