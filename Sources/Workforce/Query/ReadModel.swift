import FoundationEssentials
public import LibPQ

/// Answers queries about one tenant from the read model.
///
/// ```swift
/// let position = try await pool.withConnection { connection in
///     try await ReadModel(session: connection, tenantID: "acme").position(code: "P1000033")
/// }
/// ```
///
/// All calls throw `PQError`. What each answers is consistent in itself when it comes from one statement; for
/// ``position(code:)``, which takes two, give a repeatable-read transaction when that matters.
public struct ReadModel: Sendable {
    let session: any PQSession
    let tenantID: String

    /// - Parameters:
    ///   - session: of the query database.
    ///   - tenantID: nobody else's data is ever answered.
    public init(session: any PQSession, tenantID: String) {
        self.session = session
        self.tenantID = tenantID
    }

    /// A position with its assignments; `nil` when it is unknown or deleted, or only its assignments are known so far.
    public func position(code: String) async throws -> PositionAnswer? {
        let key = TenantKey(tenantID: tenantID, code: code)
        return try await Self.positions([key], in: session)[key]
    }

    /// All assignments that a position has had, the newest first.
    public func assignments(positionCode: String) async throws -> [AssignmentAnswer] {
        let key = TenantKey(tenantID: tenantID, code: positionCode)
        return try await Self.assignments([key], in: session)[key] ?? []
    }

    /// How many assignments a position has; `nil` when nothing is known of it.
    public func assignmentStats(positionCode: String) async throws -> AssignmentStatsAnswer? {
        let key = TenantKey(tenantID: tenantID, code: positionCode)
        return try await Self.assignmentStats([key], in: session)[key]
    }

    static func timestamp(_ row: PQRow, _ column: String) throws(PQError) -> Timestamp? {
        try row.decode(column, as: Date?.self).map(Timestamp.init)
    }
}
