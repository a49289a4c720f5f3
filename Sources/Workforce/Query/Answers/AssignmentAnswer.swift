public import FoundationEssentials

/// An assignment as queries answer it.
public struct AssignmentAnswer: Hashable, Sendable, Codable {
    public var assignmentId: UUID
    public var positionCode: String
    public var employeeId: String
    public var employeeName: String
    public var assignmentType: AssignmentType
    public var assignmentStatus: AssignmentStatus
    /// Full-time equivalents.
    public var fte: Double
    public var effectiveDate: CalendarDate
    public var endDate: CalendarDate?
    public var autoRevert: Bool
    /// Whether it counts as head count in use.
    public var isCurrent: Bool
    public var createdAt: Timestamp?
    public var updatedAt: Timestamp?
}
