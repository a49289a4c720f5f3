/// The kinds of events of the contract: `<aggregate>.<action>`.
public enum WorkforceEventType: String, CaseIterable, Sendable {
    case positionCreated = "position.created"
    case positionUpdated = "position.updated"
    case positionDeleted = "position.deleted"
    case assignmentFilled = "assignment.filled"
    case assignmentVacated = "assignment.vacated"
    case assignmentUpdated = "assignment.updated"
    case assignmentClosed = "assignment.closed"
    case jobLevelVersionCreated = "jobLevel.versionCreated"
    case jobLevelVersionConflict = "jobLevel.versionConflict"
    case organizationCreated = "organization.created"
    case organizationUpdated = "organization.updated"

    /// What the event is about.
    public var aggregateType: AggregateType {
        switch self {
        case .positionCreated, .positionUpdated, .positionDeleted: .position
        case .assignmentFilled, .assignmentVacated, .assignmentUpdated, .assignmentClosed: .assignment
        case .jobLevelVersionCreated, .jobLevelVersionConflict: .jobLevel
        case .organizationCreated, .organizationUpdated: .organization
        }
    }
}
