public import FoundationEssentials

extension WorkforceEvent {
    /// Reads an event as it comes from the topic. Members that the contract does not know are passed over.
    ///
    /// - Parameters:
    ///   - type: the event's type.
    ///   - payload: the JSON object, in UTF-8.
    /// - Throws: `DecodingError` when a member is missing or of another type.
    public init(type: WorkforceEventType, payload: Data) throws {
        func decode<Payload: Decodable>() throws -> Payload {
            try JSONDecoder().decode(Payload.self, from: payload)
        }
        self =
            switch type {
            case .positionCreated: .positionCreated(try decode())
            case .positionUpdated: .positionUpdated(try decode())
            case .positionDeleted: .positionDeleted(try decode())
            case .assignmentFilled: .assignmentFilled(try decode())
            case .assignmentVacated: .assignmentVacated(try decode())
            case .assignmentUpdated: .assignmentUpdated(try decode())
            case .assignmentClosed: .assignmentClosed(try decode())
            case .jobLevelVersionCreated: .jobLevelVersionCreated(try decode())
            case .jobLevelVersionConflict: .jobLevelVersionConflict(try decode())
            case .organizationCreated: .organizationCreated(try decode())
            case .organizationUpdated: .organizationUpdated(try decode())
            }
    }
}
