import FoundationEssentials
import IdempotentConsumer
import Outbox
import Testing

@testable import Workforce

@Suite("Keys of cached answers")
struct WorkforceCacheKeyTests {
    static let subject = TenantKey(tenantID: "3b99930c-4dc6-4cc9-8e4d-7d960a931cb9", code: "P1000033")

    @Test("look as agreed, and can be taken apart")
    func text() {
        let stats = WorkforceCacheKey.assignmentStats(Self.subject)
        let position = WorkforceCacheKey.position(Self.subject)
        #expect(stats.text == "org:assignment:stats:3b99930c-4dc6-4cc9-8e4d-7d960a931cb9:P1000033:v1")
        #expect(position.text == "org:position:3b99930c-4dc6-4cc9-8e4d-7d960a931cb9:P1000033:v1")
        #expect(stats.text.flatMap { WorkforceCacheKey($0) } == stats)
        #expect(position.text.flatMap { WorkforceCacheKey($0) } == position)
    }

    @Test(
        "a tenant or code that could be taken for another one's has no key",
        arguments: [
            TenantKey(tenantID: "a:B", code: "C"), TenantKey(tenantID: "a", code: "B:C"),
            TenantKey(tenantID: "", code: "C"), TenantKey(tenantID: "a", code: ""),
            TenantKey(tenantID: "a", code: "p1"), TenantKey(tenantID: "a b", code: "P1"),
            TenantKey(tenantID: "a\n", code: "P1"), TenantKey(tenantID: "a", code: "P1\u{0}"),
            TenantKey(tenantID: String(repeating: "a", count: 65), code: "P1"),
        ])
    func ambiguous(subject: TenantKey) {
        #expect(WorkforceCacheKey.position(subject).text == nil)
        #expect(WorkforceCacheKey.assignmentStats(subject).text == nil)
    }

    @Test(
        "other texts are no keys",
        arguments: [
            "", "org:position:", "org:position::v1", "org:position:a:v1", "org:position:a:P1", "org:position:a:P1:v2",
            "org:position:a:P1:v1:v1", "org:position:a:b:P1:v1", "org:assignment:stats:a:p1:v1", "position:a:P1:v1",
        ])
    func noKeys(text: String) {
        #expect(WorkforceCacheKey(text) == nil)
    }

    @Test("events of positions and assignments touch the position's two answers, others none")
    func touched() throws {
        let projection = WorkforceProjection()
        for event in WorkforceEvent.samples {
            let keys = projection.cacheKeys(touchedBy: try ReceivedEvent(event, tenantID: "acme", sequence: 1))
            switch event.type.aggregateType {
            case .position, .assignment:
                #expect(keys == ["org:position:acme:P1000033:v1", "org:assignment:stats:acme:P1000033:v1"])
            case .jobLevel, .organization:
                #expect(keys == [])
            }
        }
    }

    @Test("an event that can't be read touches nothing")
    func unreadable() {
        let event = ReceivedEvent(
            eventID: UUIDv7.next(), eventType: "position.created", aggregateType: "position", aggregateID: "P1",
            payload: Array("{}".utf8))
        #expect(WorkforceProjection().cacheKeys(touchedBy: event) == [])
    }
}

extension ReceivedEvent {
    /// An event as the consumer would hand it over.
    init(_ event: WorkforceEvent, tenantID: String, sequence: Int64, occurredAt: Date? = nil) throws {
        let now = occurredAt ?? Date(timeIntervalSince1970: 1_767_225_600 + Double(sequence))
        let builder = OutboxEventBuilder(
            context: EventContext(tenantID: tenantID, requestID: "r", operation: "Test"), now: { now })
        let row = try event.outboxEvent(builder)
        self.init(
            eventID: row.id, eventType: row.eventType, aggregateType: row.aggregateType, aggregateID: row.aggregateID,
            sequence: sequence, occurredAt: now, tenantID: tenantID, payload: row.payload)
    }
}
