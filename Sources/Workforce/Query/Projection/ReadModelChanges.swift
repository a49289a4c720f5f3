import FoundationEssentials
import IdempotentConsumer

/// What a batch of events makes of the read model: of each row only its last state, so that a batch costs one statement
/// per table.
struct ReadModelChanges: Equatable {
    struct PositionFields: Sendable, Equatable {
        let payload: PositionPayload
        let isDeleted: Bool
    }

    struct Staffing: Sendable, Equatable {
        let status: PositionStatus
        let capacity: Double
        let inUse: Double
    }

    struct AssignmentKey: Hashable, Sendable {
        let tenantID: String
        let id: UUID
    }

    struct JobLevelKey: Hashable, Sendable {
        let level: TenantKey
        let effectiveDate: CalendarDate
    }

    private(set) var positions: [TenantKey: Latest<PositionFields>] = [:]
    private(set) var staffing: [TenantKey: Latest<Staffing>] = [:]
    private(set) var assignments: [AssignmentKey: Latest<AssignmentPayload>] = [:]
    private(set) var jobLevels: [JobLevelKey: Latest<JobLevelPayload>] = [:]
    private(set) var organizations: [TenantKey: Latest<OrganizationPayload>] = [:]

    /// - Throws: `DecodingError` when the payload is not what the contract says.
    mutating func add(_ received: ReceivedEvent) throws {
        guard let type = WorkforceEventType(rawValue: received.eventType) else { return }
        let read = try JSONDecoder().decode(
            AttributedEvent.self, from: Data(received.payload), configuration: type)
        add(
            read.event,
            from: EventOrigin(
                tenantID: read.tenantID, sequence: received.sequence, occurredAt: received.occurredAt))
    }

    mutating func add(_ event: WorkforceEvent, from origin: EventOrigin) {
        switch event {
        case .positionCreated(let payload), .positionUpdated(let payload):
            add(payload, isDeleted: false, from: origin)
        case .positionDeleted(let payload):
            add(payload, isDeleted: true, from: origin)
        case .assignmentFilled(let payload), .assignmentVacated(let payload), .assignmentUpdated(let payload),
            .assignmentClosed(let payload):
            add(payload, from: origin)
        case .jobLevelVersionCreated(let payload):
            let level = TenantKey(tenantID: origin.tenantID, code: payload.jobLevelCode)
            jobLevels.take(
                payload, for: JobLevelKey(level: level, effectiveDate: payload.effectiveDate), from: origin)
        case .jobLevelVersionConflict:
            // Tells of something that did not happen.
            break
        case .organizationCreated(let payload), .organizationUpdated(let payload):
            organizations.take(
                payload, for: TenantKey(tenantID: origin.tenantID, code: payload.organizationCode), from: origin)
        }
    }

    private mutating func add(_ payload: PositionPayload, isDeleted: Bool, from origin: EventOrigin) {
        let key = TenantKey(tenantID: origin.tenantID, code: payload.positionCode)
        positions.take(PositionFields(payload: payload, isDeleted: isDeleted), for: key, from: origin)
        staffing.take(
            Staffing(
                status: payload.status, capacity: payload.headcountCapacity, inUse: payload.headcountInUse),
            for: key, from: origin)
    }

    private mutating func add(_ payload: AssignmentPayload, from origin: EventOrigin) {
        assignments.take(
            payload, for: AssignmentKey(tenantID: origin.tenantID, id: payload.assignmentId), from: origin)
        staffing.take(
            Staffing(
                status: payload.positionStatus, capacity: payload.headcountCapacity, inUse: payload.headcountInUse),
            for: TenantKey(tenantID: origin.tenantID, code: payload.positionCode), from: origin)
    }
}
