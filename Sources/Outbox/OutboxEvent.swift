public import FoundationEssentials
import OutboxTelemetry

/// One fact, immutable, to be written in the transaction that makes it true.
public struct OutboxEvent: Sendable, Equatable {
    /// Unique for ever; what consumers dedupe on. A UUIDv7 unless the caller gave another.
    public let id: UUID
    /// `<aggregate>.<action>`, e.g. `position.created`.
    public let eventType: String
    /// The kind of aggregate, e.g. `position`; names the topic.
    public let aggregateType: String
    /// The aggregate within its type; the key on the topic and the unit of order.
    public let aggregateID: String
    /// A JSON object in UTF-8, the value on the topic.
    public let payload: [UInt8]
    /// Travel as Kafka headers beside the standard ones. `traceparent` and `tracestate` are added on save
    /// from `TraceContext.current` unless they are here already.
    public let headers: [String: String]
    /// Not published before this time; `nil` means at once.
    public let availableAt: Date?

    /// - Parameters:
    ///   - id: what consumers dedupe on; must never be used again.
    ///   - eventType: `<aggregate>.<action>`.
    ///   - aggregateType: the kind of aggregate; names the topic.
    ///   - aggregateID: the aggregate within its type; the key on the topic.
    ///   - payload: a JSON object in UTF-8.
    ///   - headers: travel as Kafka headers beside the standard ones.
    ///   - availableAt: a time before which the event stays in the outbox. An event scheduled for later does not
    ///     hold the later events of its aggregate.
    /// - Throws: ``OutboxError/Code/invalidEvent`` when a name is empty, or holds U+0000 (PostgreSQL's text can't),
    ///   or the payload does not begin as a JSON object. That it is valid JSON is checked by the database.
    public init(
        id: UUID = UUIDv7.next(), eventType: String, aggregateType: String, aggregateID: String, payload: [UInt8],
        headers: [String: String] = [:], availableAt: Date? = nil
    ) throws(OutboxError) {
        for (name, value) in [
            ("eventType", eventType), ("aggregateType", aggregateType), ("aggregateID", aggregateID),
        ] {
            guard !value.isEmpty else { throw OutboxError(.invalidEvent, "\(name) is empty") }
            guard !value.utf8.contains(0) else {
                throw OutboxError(.invalidEvent, "\(name) contains the character U+0000, which PostgreSQL can't store")
            }
        }
        guard JSONText.beginsAsObject(payload) else {
            throw OutboxError(.invalidEvent, "the payload of \(eventType) is not a JSON object")
        }
        self.id = id
        self.eventType = eventType
        self.aggregateType = aggregateType
        self.aggregateID = aggregateID
        self.payload = payload
        self.headers = headers
        self.availableAt = availableAt
    }
}
