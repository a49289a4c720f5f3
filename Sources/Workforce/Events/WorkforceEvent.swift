public import Outbox

/// One event of the contract with its payload.
public enum WorkforceEvent: Hashable, Sendable {
    case positionCreated(PositionPayload)
    case positionUpdated(PositionPayload)
    case positionDeleted(PositionPayload)
    case assignmentFilled(AssignmentPayload)
    case assignmentVacated(AssignmentPayload)
    case assignmentUpdated(AssignmentPayload)
    case assignmentClosed(AssignmentPayload)
    case jobLevelVersionCreated(JobLevelPayload)
    case jobLevelVersionConflict(JobLevelPayload)
    case organizationCreated(OrganizationPayload)
    case organizationUpdated(OrganizationPayload)

    public var type: WorkforceEventType {
        switch self {
        case .positionCreated: .positionCreated
        case .positionUpdated: .positionUpdated
        case .positionDeleted: .positionDeleted
        case .assignmentFilled: .assignmentFilled
        case .assignmentVacated: .assignmentVacated
        case .assignmentUpdated: .assignmentUpdated
        case .assignmentClosed: .assignmentClosed
        case .jobLevelVersionCreated: .jobLevelVersionCreated
        case .jobLevelVersionConflict: .jobLevelVersionConflict
        case .organizationCreated: .organizationCreated
        case .organizationUpdated: .organizationUpdated
        }
    }

    /// The key on the topic; see ``AggregateType``.
    public var aggregateID: String {
        switch self {
        case .positionCreated(let payload), .positionUpdated(let payload), .positionDeleted(let payload):
            payload.positionCode
        case .assignmentFilled(let payload), .assignmentVacated(let payload), .assignmentUpdated(let payload),
            .assignmentClosed(let payload):
            payload.aggregateID
        case .jobLevelVersionCreated(let payload), .jobLevelVersionConflict(let payload): payload.jobLevelCode
        case .organizationCreated(let payload), .organizationUpdated(let payload): payload.organizationCode
        }
    }

    /// The event as it goes into the outbox, with the builder's context merged into its payload.
    ///
    /// - Throws: `OutboxError` when the payload can't be encoded (a head count that is not a number).
    public func outboxEvent(_ builder: OutboxEventBuilder) throws(OutboxError) -> OutboxEvent {
        switch self {
        case .positionCreated(let payload), .positionUpdated(let payload), .positionDeleted(let payload):
            try event(builder, payload)
        case .assignmentFilled(let payload), .assignmentVacated(let payload), .assignmentUpdated(let payload),
            .assignmentClosed(let payload):
            try event(builder, payload)
        case .jobLevelVersionCreated(let payload), .jobLevelVersionConflict(let payload): try event(builder, payload)
        case .organizationCreated(let payload), .organizationUpdated(let payload): try event(builder, payload)
        }
    }

    private func event(
        _ builder: OutboxEventBuilder, _ payload: some Encodable
    ) throws(OutboxError) -> OutboxEvent {
        try builder.event(
            type: type.rawValue, aggregateType: type.aggregateType.rawValue, aggregateID: aggregateID,
            payload: payload)
    }
}
