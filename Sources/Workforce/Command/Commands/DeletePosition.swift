import LibPQ

/// Deletes a position that has nobody in it and nobody coming; writes `position.deleted`. Its code is not used again.
public struct DeletePosition: Command {
    public var code: String

    public init(code: String) { self.code = code }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(code, "code")
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> PositionPayload {
        unit.concerns(.position, code)
        _ = try await unit.lockPosition(code)
        guard try await unit.openAssignments(of: code).isEmpty else { throw Rules.positionOccupied(code) }
        try await unit.transaction.execute(
            "UPDATE positions SET is_deleted = TRUE WHERE tenant_id = \(unit.tenantID) AND code = \(code)")
        let position = try await unit.restaff(code)
        unit.record(.positionDeleted(position))
        return position
    }
}
