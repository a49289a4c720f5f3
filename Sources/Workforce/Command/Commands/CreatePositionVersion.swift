import LibPQ

/// Adds a version to a position; writes `position.updated`.
///
/// A position is what its newest version says, and `effectiveDate` says from which day on. A version begins after the
/// one before (`POS_VERSION_CONFLICT`), which is kept in the table `position_versions`.
public struct CreatePositionVersion: Command {
    public var code: String
    public var changes: PositionChanges
    public var effectiveDate: CalendarDate

    /// - Parameters:
    ///   - changes: in what it differs from the version before.
    ///   - effectiveDate: its first day.
    public init(code: String, changes: PositionChanges, effectiveDate: CalendarDate) {
        self.code = code
        self.changes = changes
        self.effectiveDate = effectiveDate
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(code, "code")
        changes.check(&check)
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> PositionPayload {
        unit.concerns(.position, code)
        let old = try await unit.lockPosition(code).position
        try await unit.beginVersion(of: old, effective: effectiveDate)
        try await unit.change(old, changes)
        let position = try await unit.restaff(code)
        unit.record(.positionUpdated(position))
        return position
    }
}
