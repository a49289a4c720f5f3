public import FoundationEssentials

extension WorkforceEvent {
    /// Reads an event as it comes from the topic. Members that the contract does not know are passed over.
    ///
    /// - Parameters:
    ///   - type: the event's type.
    ///   - payload: the JSON object, in UTF-8.
    /// - Throws: `DecodingError` when a member is missing or of another type.
    public init(type: WorkforceEventType, payload: Data) throws {
        self = try JSONDecoder().decode(WorkforceEvent.self, from: payload, configuration: type)
    }
}

extension WorkforceEvent: DecodableWithConfiguration {
    /// - Parameter type: the event's type, which is not looked for in the payload.
    public init(from decoder: any Decoder, configuration type: WorkforceEventType) throws {
        self =
            switch type {
            case .positionCreated: .positionCreated(try PositionPayload(from: decoder))
            case .positionUpdated: .positionUpdated(try PositionPayload(from: decoder))
            case .positionDeleted: .positionDeleted(try PositionPayload(from: decoder))
            case .assignmentFilled: .assignmentFilled(try AssignmentPayload(from: decoder))
            case .assignmentVacated: .assignmentVacated(try AssignmentPayload(from: decoder))
            case .assignmentUpdated: .assignmentUpdated(try AssignmentPayload(from: decoder))
            case .assignmentClosed: .assignmentClosed(try AssignmentPayload(from: decoder))
            case .jobLevelVersionCreated: .jobLevelVersionCreated(try JobLevelPayload(from: decoder))
            case .jobLevelVersionConflict: .jobLevelVersionConflict(try JobLevelPayload(from: decoder))
            case .organizationCreated: .organizationCreated(try OrganizationPayload(from: decoder))
            case .organizationUpdated: .organizationUpdated(try OrganizationPayload(from: decoder))
            }
    }
}
