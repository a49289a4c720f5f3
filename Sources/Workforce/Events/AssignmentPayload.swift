public import FoundationEssentials

/// An assignment as it is after the event, with what it did to its position.
public struct AssignmentPayload: Codable, Hashable, Sendable {
    public var assignmentId: UUID
    public var positionCode: String
    public var employeeId: String
    public var employeeName: String
    public var assignmentStatus: AssignmentStatus
    public var assignmentType: AssignmentType
    /// Full-time equivalents, above 0 up to 1.
    public var fte: Double
    /// The first day.
    public var effectiveDate: CalendarDate
    /// The last day; `nil` while it is open.
    public var endDate: CalendarDate?
    /// Whether an acting assignment is to end by itself on its last day.
    public var autoRevert: Bool
    /// The position's status after the event.
    public var positionStatus: PositionStatus
    /// The position's after the event, in full-time equivalents.
    public var headcountInUse: Double
    /// The position's after the event, in full-time equivalents.
    public var headcountCapacity: Double

    public init(
        assignmentId: UUID, positionCode: String, employeeId: String, employeeName: String,
        assignmentStatus: AssignmentStatus, assignmentType: AssignmentType, fte: Double, effectiveDate: CalendarDate,
        endDate: CalendarDate?, autoRevert: Bool, positionStatus: PositionStatus, headcountInUse: Double,
        headcountCapacity: Double
    ) {
        self.assignmentId = assignmentId
        self.positionCode = positionCode
        self.employeeId = employeeId
        self.employeeName = employeeName
        self.assignmentStatus = assignmentStatus
        self.assignmentType = assignmentType
        self.fte = fte
        self.effectiveDate = effectiveDate
        self.endDate = endDate
        self.autoRevert = autoRevert
        self.positionStatus = positionStatus
        self.headcountInUse = headcountInUse
        self.headcountCapacity = headcountCapacity
    }

    /// The assignment's id in lower case.
    public var aggregateID: String { assignmentId.text }

    // Written by hand for two members: the id in lower case, and a null rather than nothing for an open end.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(aggregateID, forKey: .assignmentId)
        try container.encode(positionCode, forKey: .positionCode)
        try container.encode(employeeId, forKey: .employeeId)
        try container.encode(employeeName, forKey: .employeeName)
        try container.encode(assignmentStatus, forKey: .assignmentStatus)
        try container.encode(assignmentType, forKey: .assignmentType)
        try container.encode(fte, forKey: .fte)
        try container.encode(effectiveDate, forKey: .effectiveDate)
        try container.encode(endDate, forKey: .endDate)
        try container.encode(autoRevert, forKey: .autoRevert)
        try container.encode(positionStatus, forKey: .positionStatus)
        try container.encode(headcountInUse, forKey: .headcountInUse)
        try container.encode(headcountCapacity, forKey: .headcountCapacity)
    }
}
