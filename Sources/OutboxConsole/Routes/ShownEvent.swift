import FoundationEssentials
import IdempotentConsumer
import Outbox
import OutboxTelemetry

/// An event as it is shown: payload and headers as text, secrets masked.
struct ShownEvent: Encodable {
    var sequence: Int64?
    let eventID: UUID
    let eventType: String
    let aggregateType: String
    let aggregateID: String
    /// Topic, partition and offset of one that was read from there.
    var place: String?
    var createdAt: Date?
    var parkedAt: Date?
    var publishedAt: Date?
    let attempts: Int?
    let reason: String?
    let payload: String
    let headers: String
    /// Whether the payload was too long to be shown whole.
    let isCut: Bool

    private static let longestText = 200_000

    init(_ event: StoredEvent, mask: PayloadMask) {
        sequence = event.sequence
        eventID = event.eventID
        eventType = event.eventType
        aggregateType = event.aggregateType
        aggregateID = event.aggregateID
        createdAt = event.createdAt
        parkedAt = event.parkedAt
        publishedAt = event.publishedAt
        attempts = event.retryCount
        reason = event.lastError.map(LogRedaction.redacted)
        let (payload, headers) = (Self.text(event.payload, mask), Self.text(event.headers, mask))
        isCut = payload.isCut || headers.isCut
        self.payload = payload.text
        self.headers = headers.text
    }

    init(_ event: HeldEvent, mask: PayloadMask) {
        eventID = event.eventID
        eventType = event.eventType
        aggregateType = event.aggregateType
        aggregateID = event.aggregateID
        place = "\(event.topic), partition \(event.partition), offset \(event.offset)"
        parkedAt = event.deadAt
        attempts = event.attempts
        reason = event.lastError.map(LogRedaction.redacted)
        let payload = event.payload.map { Self.text($0, mask) } ?? (text: "no JSON", isCut: false)
        let headers = Self.text(
            .object(
                Dictionary(grouping: event.headers, by: \.name).mapValues { headers in
                    let values = headers.map { $0.value.map(JSONValue.string) ?? .null }
                    return values.count == 1 ? values[0] : .array(values)
                }), mask)
        isCut = payload.isCut || headers.isCut
        self.payload = payload.text
        self.headers = headers.text
    }

    private static func text(_ value: JSONValue, _ mask: PayloadMask) -> (text: String, isCut: Bool) {
        let bytes = mask.masked(value).serialized(pretty: true)
        return (String(decoding: bytes.prefix(longestText), as: UTF8.self), bytes.count > longestText)
    }
}
