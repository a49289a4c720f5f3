import LibPQ

/// Moves a position to another organization; writes `position.updated`.
///
/// That makes a new version of the position, unless the newest one begins on the same day: then that one is corrected.
public struct TransferPosition: Command {
    public var code: String
    public var targetOrganizationCode: String
    public var effectiveDate: CalendarDate

    /// - Parameter effectiveDate: the first day in the other organization; not before the newest version's.
    public init(code: String, targetOrganizationCode: String, effectiveDate: CalendarDate) {
        self.code = code
        self.targetOrganizationCode = targetOrganizationCode
        self.effectiveDate = effectiveDate
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(code, "code")
        check.code(targetOrganizationCode, "targetOrganizationCode")
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> PositionPayload {
        unit.concerns(.position, code)
        let old = try await unit.lockPosition(code).position
        guard try await unit.organizationExists(targetOrganizationCode) else {
            throw CommandError(
                .rejected, Rules.unknownReference("targetOrganizationCode", targetOrganizationCode))
        }
        if old.effectiveDate != effectiveDate {
            try await unit.beginVersion(of: old, effective: effectiveDate)
        }
        try await unit.change(old, PositionChanges(organizationCode: targetOrganizationCode))
        let position = try await unit.restaff(code)
        unit.record(.positionUpdated(position))
        return position
    }
}
