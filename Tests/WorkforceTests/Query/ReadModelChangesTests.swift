import FoundationEssentials
import IdempotentConsumer
import Outbox
import Testing

@testable import Workforce

@Suite("What a batch makes of the read model")
struct ReadModelChangesTests {
    let position = PositionPayload(
        positionCode: "P1", title: "Engineer", status: .vacant, organizationCode: "O1", jobFamilyGroupCode: "G",
        jobFamilyCode: "F", jobRoleCode: "R", jobLevelCode: "L", headcountCapacity: 2, headcountInUse: 0)

    func assignment(_ id: UUID, status: AssignmentStatus, inUse: Double) throws -> AssignmentPayload {
        AssignmentPayload(
            assignmentId: id, positionCode: "P1", employeeId: "E", employeeName: "Ada", assignmentStatus: status,
            assignmentType: .primary, fte: 1, effectiveDate: try #require(CalendarDate("2026-01-01")), endDate: nil,
            autoRevert: false, positionStatus: inUse == 0 ? .vacant : .partiallyFilled, headcountInUse: inUse,
            headcountCapacity: 2)
    }

    func changes(_ events: [ReceivedEvent]) throws -> ReadModelChanges {
        var changes = ReadModelChanges()
        for event in events { try changes.add(event) }
        return changes
    }

    @Test("whatever order positions' and assignments' events come in, the highest sequence gives the head count")
    func anyOrder() throws {
        let (first, second) = (UUIDv7.next(), UUIDv7.next())
        var busy = position
        busy.headcountInUse = 1
        busy.status = .partiallyFilled
        let positionEvents = [
            try ReceivedEvent(.positionCreated(position), tenantID: "a", sequence: 1),
            try ReceivedEvent(.positionUpdated(busy), tenantID: "a", sequence: 3),
            try ReceivedEvent(.positionUpdated(position), tenantID: "a", sequence: 7),
        ]
        let firstEvents = [
            try ReceivedEvent(
                .assignmentFilled(assignment(first, status: .active, inUse: 1)), tenantID: "a", sequence: 2),
            try ReceivedEvent(
                .assignmentClosed(assignment(first, status: .ended, inUse: 0)), tenantID: "a", sequence: 6),
        ]
        let secondEvents = [
            try ReceivedEvent(
                .assignmentFilled(assignment(second, status: .active, inUse: 2)), tenantID: "a", sequence: 4),
            try ReceivedEvent(
                .assignmentClosed(assignment(second, status: .ended, inUse: 1)), tenantID: "a", sequence: 5),
        ]
        let expected = try changes((positionEvents + firstEvents + secondEvents).sorted { $0.sequence < $1.sequence })
        #expect(expected.staffing[TenantKey(tenantID: "a", code: "P1")]?.value.inUse == 0)
        #expect(expected.staffing[TenantKey(tenantID: "a", code: "P1")]?.sequence == 7)
        #expect(expected.assignments.count == 2)
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<200 {
            let mixed = interleaved([positionEvents, firstEvents, secondEvents], using: &generator)
            let actual = try changes(mixed)
            #expect(actual.positions == expected.positions)
            #expect(actual.assignments == expected.assignments)
            #expect(
                actual.staffing.mapValues(\.value) == expected.staffing.mapValues(\.value),
                "\(mixed.map(\.sequence))")
        }
    }

    @Test("an older event that comes late changes nothing but the time of the first")
    func late() throws {
        var renamed = position
        renamed.title = "Principal"
        let result = try changes([
            try ReceivedEvent(.positionUpdated(renamed), tenantID: "a", sequence: 9),
            try ReceivedEvent(.positionCreated(position), tenantID: "a", sequence: 1),
        ])
        let latest = try #require(result.positions[TenantKey(tenantID: "a", code: "P1")])
        #expect(latest.value.payload.title == "Principal")
        #expect(latest.sequence == 9)
        #expect(latest.firstOccurredAt == Date(timeIntervalSince1970: 1_767_225_601))
        #expect(latest.occurredAt == Date(timeIntervalSince1970: 1_767_225_609))
    }

    @Test("events without a sequence count in the order they come in")
    func withoutSequence() throws {
        var renamed = position
        renamed.title = "Principal"
        let result = try changes([
            try ReceivedEvent(.positionCreated(position), tenantID: "a", sequence: 0),
            try ReceivedEvent(.positionUpdated(renamed), tenantID: "a", sequence: 0),
        ])
        #expect(result.positions[TenantKey(tenantID: "a", code: "P1")]?.value.payload.title == "Principal")
    }

    @Test("tenants with the same codes stay apart")
    func tenants() throws {
        var other = position
        other.title = "Other"
        let result = try changes([
            try ReceivedEvent(.positionCreated(position), tenantID: "a", sequence: 1),
            try ReceivedEvent(.positionCreated(other), tenantID: "b", sequence: 2),
        ])
        #expect(result.positions[TenantKey(tenantID: "a", code: "P1")]?.value.payload.title == "Engineer")
        #expect(result.positions[TenantKey(tenantID: "b", code: "P1")]?.value.payload.title == "Other")
    }

    @Test("a deleted position stays deleted, whatever its assignments' events say later")
    func deleted() throws {
        let result = try changes([
            try ReceivedEvent(.positionDeleted(position), tenantID: "a", sequence: 0),
            try ReceivedEvent(
                .assignmentClosed(assignment(UUIDv7.next(), status: .ended, inUse: 0)), tenantID: "a", sequence: 0),
        ])
        #expect(result.positions[TenantKey(tenantID: "a", code: "P1")]?.value.isDeleted == true)
    }

    @Test("a refused job level version leaves no trace")
    func conflict() throws {
        let conflict = try #require(WorkforceEvent.samples.first { $0.type == .jobLevelVersionConflict })
        #expect(try changes([ReceivedEvent(conflict, tenantID: "a", sequence: 1)]) == ReadModelChanges())
    }

    @Test("an event that is not what the contract says is refused; one of an unknown type is passed over")
    func unreadable() throws {
        func event(_ type: String, _ payload: String) -> ReceivedEvent {
            ReceivedEvent(
                eventID: UUIDv7.next(), eventType: type, aggregateType: "position", aggregateID: "P1",
                payload: Array(payload.utf8))
        }
        #expect(throws: DecodingError.self) { try changes([event("position.created", "{}")]) }
        #expect(throws: DecodingError.self) { try changes([event("position.created", "[1]")]) }
        #expect(try changes([event("position.painted", "{}")]) == ReadModelChanges())
    }

    @Test("the projection asks for every event of the contract")
    func types() {
        #expect(WorkforceProjection().eventTypes == Set(WorkforceEventType.allCases.map(\.rawValue)))
    }
}

/// One sequence of all elements that keeps the order within each list.
func interleaved<Element>(_ lists: [[Element]], using generator: inout some RandomNumberGenerator) -> [Element] {
    var rest = lists.map { $0[...] }.filter { !$0.isEmpty }
    var result: [Element] = []
    while !rest.isEmpty {
        let index = Int.random(in: rest.indices, using: &generator)
        result.append(rest[index].removeFirst())
        if rest[index].isEmpty { rest.remove(at: index) }
    }
    return result
}

/// The same numbers on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
