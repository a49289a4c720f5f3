import FoundationEssentials
import Testing

@testable import IdempotentConsumer

@Suite("Headers that nobody should send")
struct HostileHeadersTests {
    private let other = "0190163d-8694-739b-aea5-966c26f8ad92"

    private func outcome(_ headers: [StoredMessage.Header]) -> EventReader.Outcome {
        var message = message([:])
        message.headers = headers
        var reader = EventReader(eventTypes: nil)
        let outcome = reader.read(message)
        // What is looked at for a redelivery alone must be what an event is read from.
        let id: UUID? = if case .event(let event) = outcome { event.eventID } else { nil }
        if let id { #expect(EventReader.eventID(of: message) == id) }
        return outcome
    }

    private func event(_ headers: [StoredMessage.Header]) throws -> ReceivedEvent {
        guard case .event(let event) = outcome(headers) else {
            Issue.record("not an event: \(outcome(headers))")
            throw CancellationError()
        }
        return event
    }

    private func malformation(_ headers: [StoredMessage.Header]) -> Malformation? {
        if case .malformed(let malformation) = outcome(headers) { malformation } else { nil }
    }

    private func header(_ name: String, _ text: String?) -> StoredMessage.Header {
        StoredMessage.Header(name: name, value: text.map { Array($0.utf8) })
    }

    private var id: StoredMessage.Header { header("event_id", eventID) }
    private var type: StoredMessage.Header { header("event_type", "position.created") }
    private var good: [StoredMessage.Header] { [id, type] }

    @Test("of several with one name the first one counts that has a value")
    func repeated() throws {
        let headers = [header("event_id", nil)] + good + [header("event_id", other), header("event_type", "x.y")]
        let event = try event(headers)
        #expect(event.eventID == UUID(uuidString: eventID))
        #expect(event.eventType == "position.created")
    }

    @Test("a null value is no value, an empty one is a bad one")
    func nothing() {
        #expect(malformation([header("event_id", nil), type]) == .noEventID)
        #expect(malformation([header("event_id", ""), type]) == .badEventID)
        #expect(malformation([id, header("event_type", nil)]) == .noEventType)
        #expect(malformation([id, header("event_type", "")]) == .noEventType)
        #expect(malformation([id]) == .noEventType)
    }

    @Test("an empty header of the aggregate is taken for a missing one")
    func emptyAggregate() throws {
        let event = try event(
            good + ["aggregate_id", "aggregate_type", "tenant_id", "sequence"].map { header($0, "") })
        #expect(event.aggregateID == "P1000033")
        #expect(event.aggregateType == "position")
        #expect(event.tenantID == nil)
        #expect(event.sequence == 0)
    }

    @Test(
        "bytes that are no text, or that the database can't keep, are malformed",
        arguments: ["event_type", "aggregate_id", "aggregate_type", "tenant_id", "occurred_at"])
    func badText(name: String) {
        for bytes: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x41, 0x00]] {
            let headers = good.filter { $0.name != name } + [StoredMessage.Header(name: name, value: bytes)]
            #expect(malformation(headers) == .badText(header: "the header \(name)"))
        }
    }

    @Test("names that are nearly right are not right, of whatever length")
    func nearMisses() throws {
        var names = [
            "", "Event_id", "event_iD", "event-id", "eventtype", "sequencf", "aggregate_iD", "ID", "é",
            String(repeating: "x", count: 70_000),
        ]
        names += (0...40).map { String(repeating: "e", count: $0) }
        let headers = names.map { StoredMessage.Header(name: $0, value: [0xFF]) }
        let event = try event(headers + good)
        #expect(event.eventID == UUID(uuidString: eventID))
        #expect(event.sequence == 0)
    }

    @Test("huge values and very many headers are read through")
    func huge() throws {
        let name = String(repeating: "x", count: 1_000_000)
        let many = (0..<5_000).map { StoredMessage.Header(name: "h\($0)", value: [0xFF]) }
        let event = try event(many + good + [header("aggregate_id", name), header("note", name)])
        #expect(event.aggregateID == name)
        #expect(malformation([type, header("event_id", name)]) == .badEventID)
        let digits = String(repeating: "9", count: 100_000)
        #expect(malformation(good + [header("sequence", digits)]) == .badSequence)
    }

    @Test("where several styles are mixed, the native one is read, and whole")
    func mixed() throws {
        let event = try event(
            [
                header("id", other), header("ce_id", other), header("eventType", "x.y"),
                header("ce_subject", "other"), header("ce_sequence", "9"),
            ] + good)
        #expect(event.eventID == UUID(uuidString: eventID))
        #expect(event.eventType == "position.created")
        #expect(event.aggregateID == "P1000033")
        #expect(event.sequence == 0)
    }
}
