public import IdempotentConsumer
public import LibPQ

/// Keeps the read model of positions, assignments, job levels and organizations, and its cached answers.
///
/// Topics may come in any order. Each group of fields is guarded by the sequence of the event that it is from; what
/// events of a position and of its assignments both say (the position's status and head count) is one such group, and
/// since sequences grow per position the highest is right, whatever order the two topics come in.
public struct WorkforceProjection: RebuildableProjection {
    public let name: String
    public private(set) var schema = ReadModelMigrations.schema

    /// - Parameter name: another one than usual only for a second read model beside the first.
    public init(name: String = "workforce") { self.name = name }

    public var eventTypes: Set<String> { Self.allEventTypes }

    private static let allEventTypes = Set(WorkforceEventType.allCases.map(\.rawValue))

    public func apply(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws {
        var changes = ReadModelChanges()
        for event in events { try changes.add(event) }
        try await changes.write(to: schema, in: transaction)
    }

    public func inSchema(_ schema: String) -> WorkforceProjection {
        var projection = self
        projection.schema = schema
        return projection
    }

    public func makeTables(in transaction: PQTransaction) async throws {
        for step in ReadModelMigrations.migrations(in: schema) { try await transaction.run(script: step.up) }
    }

    /// A position's answer and its statistics, for events of positions and assignments.
    public func cacheKeys(touchedBy event: ReceivedEvent) -> [String] {
        switch WorkforceEventType(rawValue: event.eventType)?.aggregateType {
        case .position, .assignment:
            guard let subject = try? event.decode(Subject.self) else { return [] }
            let key = TenantKey(tenantID: subject.tenantId, code: subject.positionCode)
            return [WorkforceCacheKey.position(key), .assignmentStats(key)].compactMap(\.text)
        case .jobLevel, .organization, nil:
            return []
        }
    }

    public func answers(for keys: [String], in session: any PQSession) async throws -> [String: [UInt8]] {
        var positions: [TenantKey] = []
        var stats: [TenantKey] = []
        for key in keys {
            switch WorkforceCacheKey(key) {
            case .position(let subject): positions.append(subject)
            case .assignmentStats(let subject): stats.append(subject)
            case nil: break
            }
        }
        var answers: [String: [UInt8]] = [:]
        for (key, answer) in try await ReadModel.positions(positions, in: session) {
            if let text = WorkforceCacheKey.position(key).text { answers[text] = try AnswerCoding.encode(answer) }
        }
        for (key, answer) in try await ReadModel.assignmentStats(stats, in: session) {
            if let text = WorkforceCacheKey.assignmentStats(key).text {
                answers[text] = try AnswerCoding.encode(answer)
            }
        }
        return answers
    }
}

/// What a payload says about whose position it is about.
private struct Subject: Decodable {
    let tenantId: String
    let positionCode: String
}
