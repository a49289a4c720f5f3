import FoundationEssentials
import Outbox
import Testing

@testable import Workforce

@Suite("The contract's schemas")
struct EventSchemaTests {
    static let context = EventContext(
        tenantID: "acme-1", requestID: "r-1", correlationID: "c-1", operation: "FillPosition")

    /// What stands in the outbox for an event.
    static func payload(_ event: WorkforceEvent) throws -> JSONValue {
        let builder = OutboxEventBuilder(context: context, now: { Date(timeIntervalSince1970: 1_767_225_600.25) })
        return try JSONValue(parsing: event.outboxEvent(builder).payload)
    }

    static func schema(of event: WorkforceEvent) throws -> JSONSchema {
        try JSONSchema(EventSchema.text(of: event.type))
    }

    @Test("there is a sample of each event type")
    func samplesAreComplete() {
        #expect(Set(WorkforceEvent.samples.map(\.type)) == Set(WorkforceEventType.allCases))
        #expect(WorkforceEvent.samples.count == WorkforceEventType.allCases.count)
    }

    @Test("each sample is valid", arguments: WorkforceEvent.samples)
    func samplesAreValid(event: WorkforceEvent) throws {
        #expect(try Self.schema(of: event).findings(in: Self.payload(event)) == [])
    }

    @Test("a schema names exactly the members that the type writes, all required", arguments: WorkforceEvent.samples)
    func membersAgree(event: WorkforceEvent) throws {
        let schema = try Self.schema(of: event).root
        let written = Set(try Self.payload(event).members.keys)
        #expect(Set(schema["properties"]?.members.keys ?? [:].keys) == written)
        #expect(Set(schema["required"]?.elements.compactMap(\.stringValue) ?? []) == written)
        #expect(schema["$schema"]?.stringValue == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["title"]?.stringValue == event.type.rawValue)
    }

    @Test("positions, assignments and job levels carry the members agreed upon, and the context")
    func agreedMembers() throws {
        let context: Set = [
            "tenantId", "requestId", "correlationId", "operation", "source", "aggregateType", "aggregateId",
            "eventType", "occurredAt",
        ]
        let agreed: [AggregateType: Set<String>] = [
            .position: [
                "title", "status", "organizationCode", "jobFamilyGroupCode", "jobFamilyCode", "jobRoleCode",
                "jobLevelCode", "headcountCapacity", "headcountInUse", "positionCode", "recordId",
                "positionType", "employmentType", "effectiveDate",
            ],
            .assignment: [
                "assignmentId", "positionCode", "employeeId", "employeeName", "assignmentStatus", "assignmentType",
                "fte", "effectiveDate", "endDate", "autoRevert", "positionStatus", "headcountInUse",
                "headcountCapacity",
            ],
            .jobLevel: ["jobLevelCode", "name", "roleCode", "levelRank", "status", "effectiveDate", "recordId"],
            .organization: ["organizationCode", "name", "unitType", "status", "effectiveDate", "recordId"],
        ]
        for event in WorkforceEvent.samples {
            var expected = context.union(try #require(agreed[event.type.aggregateType]))
            if event.type == .jobLevelVersionConflict { expected.insert("error") }
            #expect(Set(try Self.payload(event).members.keys) == expected, "\(event.type)")
        }
    }

    @Test("the codes of schemas and types are the same", arguments: WorkforceEventType.allCases)
    func codesAgree(type: WorkforceEventType) throws {
        let definitions = try JSONSchema(EventSchema.text(of: type)).root["$defs"]?.members ?? [:]
        let known: [String: [String]] = [
            "positionStatus": PositionStatus.known.map(\.rawValue),
            "assignmentStatus": AssignmentStatus.known.map(\.rawValue),
            "assignmentType": AssignmentType.known.map(\.rawValue),
            "catalogStatus": CatalogStatus.known.map(\.rawValue),
        ]
        for (name, definition) in definitions {
            guard let codes = definition["enum"] else { continue }
            #expect(codes.elements.compactMap(\.stringValue) == known[name], "\(name)")
        }
    }

    @Test("a member that is missing, null, of another type or too many is refused", arguments: WorkforceEvent.samples)
    func brokenSamples(event: WorkforceEvent) throws {
        let schema = try Self.schema(of: event)
        let members = try Self.payload(event).members
        for (name, value) in members {
            var broken = members
            broken[name] = nil
            #expect(schema.findings(in: .object(broken)) != [], "without \(name)")
            broken[name] = .array([value])
            #expect(schema.findings(in: .object(broken)) != [], "\(name) in an array")
            broken[name] = .null
            let mayBeNull = name == "endDate" && (event.type == .assignmentFilled || event.type == .assignmentUpdated)
            #expect((schema.findings(in: .object(broken)) == []) == mayBeNull, "null for \(name)")
            if value.stringValue != nil {
                broken[name] = ""
                #expect(schema.findings(in: .object(broken)) != [], "empty \(name)")
            }
        }
        var more = members
        more["salary"] = 1
        #expect(schema.findings(in: .object(more)) != [])
    }

    @Test(
        "values outside the contract are refused",
        arguments: [
            (WorkforceEventType.positionCreated, "positionCode", JSONValue.string("p1000033")),
            (.positionCreated, "status", "SOMETHING"), (.positionCreated, "headcountInUse", -1),
            (.positionDeleted, "status", "VACANT"), (.positionUpdated, "eventType", "position.created"),
            (.assignmentFilled, "fte", 0), (.assignmentFilled, "fte", 1.5),
            (.assignmentFilled, "effectiveDate", "2026-02-30"), (.assignmentFilled, "assignmentId", "42"),
            (.assignmentClosed, "assignmentStatus", "ACTIVE"), (.assignmentFilled, "tenantId", "a:b"),
            (.assignmentFilled, "occurredAt", "2026-01-01T00:00:00+01:00"),
            (.jobLevelVersionCreated, "levelRank", 1.5), (.organizationCreated, "unitType", "department"),
        ])
    func outsideTheContract(type: WorkforceEventType, member: String, value: JSONValue) throws {
        let event = try #require(WorkforceEvent.samples.first { $0.type == type })
        var members = try Self.payload(event).members
        #expect(members[member] != nil)
        members[member] = value
        #expect(try Self.schema(of: event).findings(in: .object(members)) != [])
    }
}
