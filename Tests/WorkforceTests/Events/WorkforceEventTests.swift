import FoundationEssentials
import Outbox
import Testing

@testable import Workforce

@Suite("Events of the contract")
struct WorkforceEventTests {
    @Test("what is written is read back", arguments: WorkforceEvent.samples)
    func roundTrip(event: WorkforceEvent) throws {
        let written = try event.outboxEvent(OutboxEventBuilder(context: EventSchemaTests.context))
        #expect(written.eventType == event.type.rawValue)
        #expect(written.aggregateType == event.type.aggregateType.rawValue)
        #expect(written.aggregateID == event.aggregateID)
        #expect(try WorkforceEvent(type: event.type, payload: Data(written.payload)) == event)
    }

    @Test("types begin with their aggregate's type", arguments: WorkforceEventType.allCases)
    func names(type: WorkforceEventType) {
        #expect(type.rawValue.hasPrefix(type.aggregateType.rawValue + "."))
    }

    @Test("an assignment's key is its id in lower case, as in the payload")
    func assignmentKey() throws {
        let event = try #require(WorkforceEvent.samples.first { $0.type == .assignmentFilled })
        let payload = try EventSchemaTests.payload(event)
        #expect(event.aggregateID == "019b76da-a800-7c00-8a00-000000000002")
        #expect(payload["assignmentId"] == payload["aggregateId"])
    }

    @Test("an open end is written as null")
    func openEnd() throws {
        let event = try #require(WorkforceEvent.samples.first { $0.type == .assignmentFilled })
        #expect(try EventSchemaTests.payload(event)["endDate"] == .null)
    }

    @Test("codes and members of later versions are accepted")
    func laterVersions() throws {
        let event = try #require(WorkforceEvent.samples.first { $0.type == .positionCreated })
        var members = try EventSchemaTests.payload(event).members
        members["status"] = "FROZEN"
        members["colour"] = ["red": true]
        let read = try WorkforceEvent(
            type: .positionCreated, payload: Data(JSONValue.object(members).serialized()))
        guard case .positionCreated(let payload) = read else {
            Issue.record("read as another event: \(read.type)")
            return
        }
        #expect(payload.status.rawValue == "FROZEN")
        #expect(!payload.status.isKnown)
        #expect(PositionStatus.filled.isKnown)
    }

    @Test(
        "events of the contract's first edition, which lack some members, are read",
        arguments: [
            (
                WorkforceEventType.positionCreated,
                ["recordId", "positionType", "employmentType", "effectiveDate"]
            ),
            (.jobLevelVersionCreated, ["name"]), (.organizationCreated, ["recordId"]),
        ])
    func firstEdition(type: WorkforceEventType, lacking: [String]) throws {
        let event = try #require(WorkforceEvent.samples.first { $0.type == type })
        var members = try EventSchemaTests.payload(event).members
        for member in lacking {
            #expect(members[member] != nil)
            members[member] = nil
        }
        let read = try WorkforceEvent(type: type, payload: Data(JSONValue.object(members).serialized()))
        #expect(read.aggregateID == event.aggregateID)
        #expect(Set(try EventSchemaTests.payload(read).members.keys) == Set(members.keys))
    }

    @Test("ids are written in lower case", arguments: WorkforceEvent.samples)
    func lowerCase(event: WorkforceEvent) throws {
        for name in ["recordId", "assignmentId"] {
            guard let id = try EventSchemaTests.payload(event)[name]?.stringValue else { continue }
            #expect(id.hasPrefix("019b76da-a800-7c00"), "\(name)")
        }
    }

    @Test("a payload without a member, or with another type, is refused", arguments: ["title", "headcountInUse"])
    func refused(member: String) throws {
        let event = try #require(WorkforceEvent.samples.first { $0.type == .positionCreated })
        var members = try EventSchemaTests.payload(event).members
        members[member] = .array([])
        #expect(throws: DecodingError.self) {
            try WorkforceEvent(type: .positionCreated, payload: Data(JSONValue.object(members).serialized()))
        }
        members[member] = nil
        #expect(throws: DecodingError.self) {
            try WorkforceEvent(type: .positionCreated, payload: Data(JSONValue.object(members).serialized()))
        }
    }

    @Test("a head count that is no number can't be written")
    func notANumber() throws {
        guard case .positionCreated(var payload)? = WorkforceEvent.samples.first(where: { $0.type == .positionCreated })
        else {
            Issue.record("no sample")
            return
        }
        payload.headcountInUse = .nan
        #expect(throws: OutboxError.self) {
            try WorkforceEvent.positionCreated(payload).outboxEvent(
                OutboxEventBuilder(context: EventSchemaTests.context))
        }
    }
}
