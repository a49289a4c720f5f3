import LibPQ

/// Changes a position's newest version; writes `position.updated`. What is `nil` stays as it is.
public struct UpdatePosition: Command {
    public var code: String
    public var changes: PositionChanges
    public var effectiveDate: CalendarDate?
    public var isInactive: Bool?

    /// - Parameters:
    ///   - effectiveDate: another first day of the newest version, after that of the version before.
    ///   - isInactive: nobody can be put in an inactive position.
    public init(
        code: String, changes: PositionChanges, effectiveDate: CalendarDate? = nil, isInactive: Bool? = nil
    ) {
        self.code = code
        self.changes = changes
        self.effectiveDate = effectiveDate
        self.isInactive = isInactive
    }

    /// - Parameter headcountCapacity: not less than what is assigned.
    public init(
        code: String, title: String? = nil, organizationCode: String? = nil, headcountCapacity: Double? = nil,
        isInactive: Bool? = nil
    ) {
        self.init(
            code: code,
            changes: PositionChanges(
                title: title, organizationCode: organizationCode, headcountCapacity: headcountCapacity),
            isInactive: isInactive)
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
        try await unit.change(old, changes)
        if let effectiveDate { try await unit.moveVersion(of: old, to: effectiveDate) }
        if let isInactive {
            try await unit.transaction.execute(
                """
                UPDATE positions SET is_inactive = \(isInactive)
                WHERE tenant_id = \(unit.tenantID) AND code = \(code)
                """)
        }
        let position = try await unit.restaff(code)
        unit.record(.positionUpdated(position))
        return position
    }
}
