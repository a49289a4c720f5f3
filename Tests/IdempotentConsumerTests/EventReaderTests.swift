import FoundationEssentials
import OutboxTelemetry
import Testing

@testable import IdempotentConsumer

@Suite("Reading records as events")
struct EventReaderTests {
    private func read(_ message: StoredMessage) -> EventReader.Outcome {
        var reader = EventReader(eventTypes: ["position.created", "jobLevel.versionCreated"])
        return reader.read(message)
    }

    private func event(_ message: StoredMessage) throws -> ReceivedEvent {
        guard case .event(let event) = read(message) else {
            Issue.record("not read as an event: \(read(message))")
            throw CancellationError()
        }
        return event
    }

    @Test("native headers give all of an event")
    func nativeStyle() throws {
        let event = try event(native())
        #expect(event.eventID == UUID(uuidString: eventID))
        #expect(event.eventType == "position.created")
        #expect(event.aggregateType == "position")
        #expect(event.aggregateID == "P1000033")
        #expect(event.sequence == 42)
        #expect(event.occurredAt == Date(timeIntervalSince1970: 1_769_851_800.000250))
        #expect(event.tenantID == "acme")
        #expect(event.trace?.traceID.description == "0af7651916cd43dd8448eb211c80319c")
        #expect(event.trace?.tracestate == "vendor=1")
        #expect(event.payload == Array(#"{"title":"Nurse"}"#.utf8))
        #expect(event.topic == "outbox.event.position")
        #expect(event.partition == 2)
        #expect(event.offset == 7)
    }

    @Test("cloudevents headers give the same")
    func cloudeventsStyle() throws {
        let event = try event(
            message([
                "ce_specversion": "1.0", "ce_id": eventID, "ce_source": "/outbox", "ce_type": "position.created",
                "ce_subject": "P1000033", "ce_time": "2026-01-31T10:30:00+01:00", "ce_sequence": "42",
                "ce_aggregatetype": "position", "ce_tenantid": "acme", "content-type": "application/json",
            ]))
        #expect(event.eventID == UUID(uuidString: eventID))
        #expect(event.aggregateType == "position")
        #expect(event.aggregateID == "P1000033")
        #expect(event.sequence == 42)
        #expect(event.occurredAt == Date(timeIntervalSince1970: 1_769_851_800))
        #expect(event.tenantID == "acme")
    }

    @Test("debezium's two headers are enough: the rest comes from key and payload")
    func debeziumStyle() throws {
        let payload = #"{"aggregateType":"post","tenantId":"\u0061cme","occurredAt":"2026-01-31T09:30:00Z"}"#
        let event = try event(message(["id": eventID, "eventType": "position.created"], value: payload))
        #expect(event.aggregateType == "post")
        #expect(event.aggregateID == "P1000033")
        #expect(event.sequence == 0)
        #expect(event.tenantID == "acme")
        #expect(event.occurredAt == Date(timeIntervalSince1970: 1_769_851_800))
    }

    @Test("a replay's mark is read, and an event without one, or with a bad one, is no replay")
    func replayed() throws {
        var message = native()
        #expect(try event(message).replayID == nil)
        message.headers.append(.init(name: "replay_id", value: Array("lost".utf8)))
        #expect(try !event(message).isReplay)
        message.headers[message.headers.count - 1].value = Array(eventID.utf8)
        #expect(try event(message).replayID == UUID(uuidString: eventID))
        #expect(try event(message).isReplay)
    }

    @Test("without an aggregate type, the event type's first part is it")
    func aggregateTypeFallback() throws {
        #expect(
            try event(message(["id": eventID, "eventType": "jobLevel.versionCreated"])).aggregateType == "jobLevel")
    }

    @Test("without a key, the payload names the aggregate")
    func aggregateIDFallback() throws {
        let message = message(
            ["id": eventID, "eventType": "position.created"], key: nil, value: #"{"aggregateId":"P2"}"#)
        #expect(try event(message).aggregateID == "P2")
    }

    @Test("a type that nobody asks for is told before anything else is looked at")
    func unknownType() {
        guard case .unknown(let type) = read(native(type: "position.archived", value: "not json")) else {
            Issue.record("not unknown")
            return
        }
        #expect(type == "position.archived")
    }

    @Test(
        "what is malformed is told apart",
        arguments: [
            (message([:]), Malformation.noEventID),
            (message(["event_type": "position.created"]), .noEventID),
            (native(id: ""), .badEventID),
            (native(id: "0190163d8694739baea5966c26f8ad91"), .badEventID),
            (native(id: "0190163d-8694-739b-aea5-966c26f8ad9g"), .badEventID),
            (native(id: "{0190163d-8694-739b-aea5-966c26f8ad9}"), .badEventID),
            (message(["event_id": eventID]), .noEventType),
            (native(type: ""), .noEventType),
            (native(sequence: "4x"), .badSequence),
            (native(sequence: "9223372036854775808"), .badSequence),
            (native(sequence: "-"), .badSequence),
            (native(aggregate: "P\u{0}1"), .badText(header: "the header aggregate_id")),
            (native(value: nil), .nullValue),
            (native(value: ""), .badJSON(position: 0)),
            (native(value: #"{"a":}"#), .badJSON(position: 5)),
            (native(value: #"{"a":1} x"#), .badJSON(position: 8)),
            (native(value: "[1]"), .notAnObject),
            (native(value: "null"), .notAnObject),
            (message(["id": eventID, "eventType": "position.created"], key: nil), .noAggregateID),
        ])
    func malformed(message: StoredMessage, expected: Malformation) {
        guard case .malformed(let malformation) = read(message) else {
            Issue.record("not malformed: \(read(message))")
            return
        }
        #expect(malformation == expected)
        #expect(!malformation.description.isEmpty)
    }

    @Test("headers that are not UTF-8 are malformed, not replaced")
    func invalidText() {
        var message = native()
        message.headers.removeAll { $0.name == "aggregate_id" }
        message.headers.append(StoredMessage.Header(name: "aggregate_id", value: [0x50, 0xFF]))
        guard case .malformed(.badText) = read(message) else {
            Issue.record("not malformed")
            return
        }
    }

    @Test("the largest and the smallest sequence are read", arguments: [Int64.max, .min, 0, -1])
    func extremeSequences(sequence: Int64) throws {
        #expect(try event(native(sequence: "\(sequence)")).sequence == sequence)
    }

    @Test("a bad trace or time costs the event nothing")
    func badExtras() throws {
        let event = try event(
            message([
                "event_id": eventID, "event_type": "position.created", "traceparent": "00-0-0-00",
                "occurred_at": "yesterday",
            ]))
        #expect(event.trace == nil)
        #expect(event.occurredAt == nil)
        #expect(event.aggregateID == "P1000033")
    }

    @Test("a payload decodes into a type")
    func decoding() throws {
        struct Payload: Decodable { var title: String }
        #expect(try event(native()).decode(Payload.self).title == "Nurse")
    }
}
