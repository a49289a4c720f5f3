public import FoundationEssentials

/// A position as queries answer it.
///
/// It holds only what events of the position and its assignments say, so that the answer can be refreshed by these. An
/// organization's name is asked for beside it.
public struct PositionAnswer: Hashable, Sendable, Codable {
    public var code: String
    /// `nil` while only events are known that don't say it, as the three that are marked so.
    public var recordId: UUID?
    public var tenantId: String
    public var title: String
    public var status: PositionStatus
    public var organizationCode: String
    public var jobFamilyGroupCode: String
    public var jobFamilyCode: String
    public var jobRoleCode: String
    public var jobLevelCode: String
    /// See ``recordId``.
    public var positionType: String?
    /// See ``recordId``.
    public var employmentType: String?
    /// The first day; see ``recordId``.
    public var effectiveDate: CalendarDate?
    /// Full-time equivalents, as the two that follow.
    public var headcountCapacity: Double
    public var headcountInUse: Double
    public var availableHeadcount: Double
    /// The newest active one, a primary one before others.
    public var currentAssignment: AssignmentAnswer?
    /// All of them, the newest first.
    public var assignmentHistory: [AssignmentAnswer]
    public var createdAt: Timestamp?
    public var updatedAt: Timestamp?
}
