public import FoundationEssentials
public import OutboxTelemetry

/// An event as it came from a topic.
public struct ReceivedEvent: Sendable {
    /// The event's id, by which it takes effect once.
    public var eventID: UUID
    /// `<aggregate>.<action>`, e.g. `position.created`.
    public var eventType: String
    /// What kind of thing the event is about.
    public var aggregateType: String
    /// Which one it is about.
    public var aggregateID: String
    /// Grows within an aggregate; 0 where the sender gave none (header style debezium).
    public var sequence: Int64
    /// When it happened, by the sender's clock.
    public var occurredAt: Date?
    /// The tenant, where there is one.
    public var tenantID: String?
    /// The trace of the transaction that wrote it.
    public var trace: TraceContext?
    /// A JSON object, as UTF-8 text that has been checked.
    public var payload: [UInt8]
    /// Where it was read from.
    public var topic: String
    /// Where it was read from.
    public var partition: Int32
    /// Where it was read from.
    public var offset: Int64
    /// The replay that published it again; `nil` for an event that came from a dispatcher.
    public var replayID: UUID?
    /// Whether an operator had it published again.
    public var isReplay: Bool { replayID != nil }

    /// Creates an event, as tests of a projection do.
    /// - Parameters:
    ///   - eventID: the event's id.
    ///   - eventType: `<aggregate>.<action>`.
    ///   - aggregateType: what kind of thing the event is about.
    ///   - aggregateID: which one it is about.
    ///   - sequence: grows within an aggregate; 0 for unknown.
    ///   - occurredAt: when it happened.
    ///   - tenantID: the tenant, where there is one.
    ///   - trace: the trace of the transaction that wrote it.
    ///   - payload: a JSON object as UTF-8 text.
    ///   - topic: where it was read from.
    ///   - partition: where it was read from.
    ///   - offset: where it was read from.
    ///   - replayID: the replay that published it again, if one did.
    public init(
        eventID: UUID, eventType: String, aggregateType: String, aggregateID: String, sequence: Int64 = 0,
        occurredAt: Date? = nil, tenantID: String? = nil, trace: TraceContext? = nil, payload: [UInt8],
        topic: String = "", partition: Int32 = 0, offset: Int64 = 0, replayID: UUID? = nil
    ) {
        self.eventID = eventID
        self.eventType = eventType
        self.aggregateType = aggregateType
        self.aggregateID = aggregateID
        self.sequence = sequence
        self.occurredAt = occurredAt
        self.tenantID = tenantID
        self.trace = trace
        self.payload = payload
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.replayID = replayID
    }

    /// Decodes the payload.
    /// - Parameter type: what to decode; members that it doesn't name are ignored.
    /// - Throws: `DecodingError`; thrown on by a projection, it makes the event fail.
    public func decode<Payload: Decodable>(_ type: Payload.Type = Payload.self) throws -> Payload {
        try JSONDecoder().decode(type, from: Data(payload))
    }
}
