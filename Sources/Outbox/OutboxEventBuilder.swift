public import FoundationEssentials

/// Makes events of one business action: encodes payloads and merges the action's context into them.
///
/// The members added to each payload are `tenantId`, `requestId`, `correlationId`, `operation`, `source`,
/// `aggregateType`, `aggregateId`, `eventType` and `occurredAt` (RFC 3339, UTC). Where the payload has a member of
/// one of these names, the context's wins.
///
/// ```swift
/// let builder = OutboxEventBuilder(context: context)
/// let event = try builder.event(type: "position.created", aggregateID: "P1000033", payload: position)
/// ```
public struct OutboxEventBuilder: Sendable {
    /// What is merged into every payload.
    public let context: EventContext
    private let now: @Sendable () -> Date
    private let nextID: @Sendable () -> UUID

    /// Makes a builder for one business action.
    /// - Parameters:
    ///   - context: what is merged into every payload.
    ///   - now: the time of the events; the wall clock unless given.
    ///   - nextID: makes event ids; UUIDv7 unless given.
    public init(
        context: EventContext, now: @escaping @Sendable () -> Date = { Date() },
        nextID: @escaping @Sendable () -> UUID = { UUIDv7.next() }
    ) {
        self.context = context
        self.now = now
        self.nextID = nextID
    }

    /// Makes an event.
    /// - Parameters:
    ///   - type: `<aggregate>.<action>`.
    ///   - aggregateType: the part of `type` before the first dot unless given.
    ///   - aggregateID: the aggregate the event belongs to.
    ///   - payload: must encode as a JSON object.
    ///   - headers: travel as Kafka headers.
    ///   - availableAt: not published before this time.
    /// - Throws: ``OutboxError/Code/encoding`` when the payload can't be encoded, ``OutboxError/Code/invalidEvent``
    ///   when it is not an object or a name is empty.
    public func event(
        type: String, aggregateType: String? = nil, aggregateID: String, payload: some Encodable,
        headers: [String: String] = [:], availableAt: Date? = nil
    ) throws(OutboxError) -> OutboxEvent {
        let aggregateType = aggregateType ?? String(type.prefix { $0 != "." })
        let fields = ContextFields(
            tenantId: context.tenantID, requestId: context.requestID, correlationId: context.correlationID,
            operation: context.operation, source: context.source, aggregateType: aggregateType,
            aggregateId: aggregateID, eventType: type, occurredAt: RFC3339.format(now()))
        let encoded: (payload: Data, fields: Data)
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            encoded = (try encoder.encode(payload), try encoder.encode(fields))
        } catch {
            throw OutboxError(.encoding, "the payload of \(type) can't be encoded as JSON", underlying: error)
        }
        guard encoded.payload.first == JSONText.openBrace else {
            throw OutboxError(.invalidEvent, "the payload of \(type) is not a JSON object")
        }
        return try OutboxEvent(
            id: nextID(), eventType: type, aggregateType: aggregateType, aggregateID: aggregateID,
            payload: JSONText.merge(encoded.payload, encoded.fields), headers: headers, availableAt: availableAt)
    }

    private struct ContextFields: Encodable {
        let tenantId, requestId, correlationId, operation, source: String
        let aggregateType, aggregateId, eventType, occurredAt: String
    }
}
