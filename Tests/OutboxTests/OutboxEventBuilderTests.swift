import FoundationEssentials
import Testing

@testable import Outbox

@Suite("Event builder")
struct OutboxEventBuilderTests {
    private struct Position: Encodable {
        var title = "Engineer"
        var headcountCapacity = 3
    }

    private static let id = UUID()
    private let builder = OutboxEventBuilder(
        context: EventContext(tenantID: "t1", requestID: "r1", operation: "CreatePosition"),
        now: { Date(timeIntervalSince1970: 1_700_000_000) }, nextID: { id })

    @Test("the context is merged flat into the payload")
    func context() throws {
        let event = try builder.event(type: "position.created", aggregateID: "P1", payload: Position())
        #expect(event.id == Self.id)
        #expect(event.aggregateType == "position")
        #expect(
            try JSONValue(parsing: event.payload) == [
                "title": "Engineer", "headcountCapacity": 3, "tenantId": "t1", "requestId": "r1",
                "correlationId": "r1", "operation": "CreatePosition", "source": "command-service",
                "aggregateType": "position", "aggregateId": "P1", "eventType": "position.created",
                "occurredAt": "2023-11-14T22:13:20.000000Z",
            ])
    }

    @Test("an empty payload is just the context")
    func empty() throws {
        let event = try builder.event(type: "position.deleted", aggregateID: "P1", payload: [String: String]())
        #expect(try JSONValue(parsing: event.payload)["tenantId"] == "t1")
    }

    @Test(
        "whatever text a context has, it is what the payload says",
        arguments: [
            "", "\"quoted\" \\ and / and \\n", (1..<0x20).map { String(Unicode.Scalar($0)) }.joined(),
            "\u{7F}\u{80}\u{2028}é😀",
        ])
    func hostileContext(text: String) throws {
        let context = EventContext(tenantID: text, requestID: text, correlationID: text, operation: text, source: text)
        let event = try OutboxEventBuilder(context: context).event(
            type: "position.\(text)x", aggregateType: "p", aggregateID: "1", payload: [text: text])
        let payload = try JSONValue(parsing: event.payload)
        for member in ["tenantId", "requestId", "correlationId", "operation", "source", text] {
            #expect(payload[member] == .string(text))
        }
    }

    @Test("a payload that is not an object is refused")
    func notAnObject() {
        for payload in [JSONValue.array([1]), .string("x"), .null, .integer(1)] {
            let error = #expect(throws: OutboxError.self) {
                try builder.event(type: "a.b", aggregateID: "1", payload: payload)
            }
            #expect(error?.code == .invalidEvent)
        }
    }

    @Test("names must not be empty, nor hold what PostgreSQL can't store", arguments: ["", "a\u{0}b"])
    func names(name: String) {
        #expect(throws: OutboxError.self) {
            try builder.event(type: "a.b", aggregateID: name, payload: Position())
        }
        #expect(throws: OutboxError.self) {
            try OutboxEvent(eventType: name, aggregateType: "a", aggregateID: "1", payload: Array("{}".utf8))
        }
    }
}
