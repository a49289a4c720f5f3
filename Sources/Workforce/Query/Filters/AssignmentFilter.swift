/// Which assignments a list holds; what is `nil` does not matter.
public struct AssignmentFilter: Hashable, Sendable {
    public var positionCode: String?
    /// The organization of the position, as it is now.
    public var organizationCode: String?
    public var statuses: [AssignmentStatus]?
    public var types: [AssignmentType]?
    public var employeeID: String?
    /// Whether it counts as head count in use.
    public var isCurrent: Bool?
    /// A day between the first and the last one.
    public var asOfDate: CalendarDate?

    public init() {}

    /// The assignments of one position.
    public init(positionCode: String) { self.positionCode = positionCode }
}
