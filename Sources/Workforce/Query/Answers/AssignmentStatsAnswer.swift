/// How many assignments there are, of a position or an organization.
public struct AssignmentStatsAnswer: Hashable, Sendable, Codable {
    /// `nil` when the numbers are those of an organization.
    public var positionCode: String?
    /// `nil` while the position's own events have not come in.
    public var organizationCode: String?
    public var totalAssignments: Int
    public var activeAssignments: Int
    public var pendingAssignments: Int
    public var endedAssignments: Int
    public var primaryAssignments: Int
    public var secondaryAssignments: Int
    public var actingAssignments: Int
    public var lastUpdatedAt: Timestamp?
}
