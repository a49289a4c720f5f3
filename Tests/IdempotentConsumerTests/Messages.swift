@testable import IdempotentConsumer

let eventID = "0190163d-8694-739b-aea5-966c26f8ad91"

/// A record with headers given as text.
func message(
    _ headers: KeyValuePairs<String, String>, key: String? = "P1000033", value: String? = #"{"title":"Nurse"}"#,
    offset: Int64 = 7
) -> StoredMessage {
    StoredMessage(
        topic: "outbox.event.position", partition: 2, offset: offset, timestamp: nil, key: key.map { Array($0.utf8) },
        value: value.map { Array($0.utf8) },
        headers: headers.map { StoredMessage.Header(name: $0.key, value: Array($0.value.utf8)) })
}

func native(
    id: String = eventID, type: String = "position.created", sequence: String = "42", aggregate: String = "P1000033",
    value: String? = #"{"title":"Nurse"}"#, offset: Int64 = 7
) -> StoredMessage {
    message(
        [
            "event_id": id, "event_type": type, "aggregate_type": "position", "aggregate_id": aggregate,
            "sequence": sequence, "occurred_at": "2026-01-31T09:30:00.000250Z", "tenant_id": "acme",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "vendor=1",
        ], key: aggregate, value: value, offset: offset)
}
