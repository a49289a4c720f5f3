import FoundationEssentials
import Outbox
import OutboxTelemetry

/// Reads records as events, in whichever of the three header styles they are: native, cloudevents, debezium.
///
/// It remembers the names that it has seen, so it serves one partition at a time.
package struct EventReader {
    /// What a record turned out to be.
    package enum Outcome {
        case event(ReceivedEvent)
        /// Of a type that nobody asked for; nothing else of it was looked at.
        case unknown(eventType: String)
        case malformed(Malformation)
    }

    /// The names of the headers of one style.
    private struct Style {
        let eventID: String
        let eventType: String
        let aggregateType: String?
        let aggregateID: String?
        let sequence: String?
        let occurredAt: String?
        let tenantID: String?

        static let native = Style(
            eventID: "event_id", eventType: "event_type", aggregateType: "aggregate_type", aggregateID: "aggregate_id",
            sequence: "sequence", occurredAt: "occurred_at", tenantID: "tenant_id")
        static let cloudevents = Style(
            eventID: "ce_id", eventType: "ce_type", aggregateType: "ce_aggregatetype", aggregateID: "ce_subject",
            sequence: "ce_sequence", occurredAt: "ce_time", tenantID: "ce_tenantid")
        static let debezium = Style(
            eventID: "id", eventType: "eventType", aggregateType: nil, aggregateID: nil, sequence: nil,
            occurredAt: nil, tenantID: nil)
        static let all = [native, cloudevents, debezium]
    }

    private let eventTypes: Set<String>?
    private var names = TextCache()
    private var types = TextCache()
    private var tenants = TextCache()

    /// - Parameter eventTypes: the types that somebody asks for; nil for all.
    package init(eventTypes: Set<String>?) { self.eventTypes = eventTypes }

    package mutating func read(_ message: some MessageSource) -> Outcome {
        do throws(Malformation) {
            return try readEvent(message)
        } catch {
            return .malformed(error)
        }
    }

    private mutating func readEvent(_ message: some MessageSource) throws(Malformation) -> Outcome {
        let (style, eventID) = try identify(message)
        guard let eventType = try Self.text(style.eventType, of: message, using: &types), !eventType.isEmpty else {
            throw .noEventType
        }
        guard eventTypes?.contains(eventType) ?? true else { return .unknown(eventType: eventType) }
        let payload = try Self.payload(of: message)

        var aggregateType = try Self.optionalText(style.aggregateType, of: message, using: &names)
        if aggregateType == nil { aggregateType = Self.member("aggregateType", of: payload) }
        var aggregateID = try Self.uncachedText(style.aggregateID, of: message)
        if aggregateID == nil { aggregateID = try Self.key(of: message) ?? Self.member("aggregateId", of: payload) }
        guard let aggregateID, !aggregateID.isEmpty else { throw .noAggregateID }

        let occurredAt =
            try Self.uncachedText(style.occurredAt, of: message)
            ?? (style.occurredAt == nil ? Self.member("occurredAt", of: payload) : nil)
        let tenantID =
            try Self.optionalText(style.tenantID, of: message, using: &tenants)
            ?? (style.tenantID == nil ? Self.member("tenantId", of: payload) : nil)
        return .event(
            ReceivedEvent(
                eventID: eventID, eventType: eventType,
                aggregateType: aggregateType ?? Self.prefix(of: eventType), aggregateID: aggregateID,
                sequence: try Self.sequence(style.sequence, of: message),
                occurredAt: occurredAt.flatMap { RFC3339.parse($0) }, tenantID: tenantID,
                trace: Self.trace(of: message), payload: payload, topic: message.topic,
                partition: message.partition, offset: message.offset, replayID: Self.replayID(of: message)))
    }

    private func identify(_ message: some MessageSource) throws(Malformation) -> (Style, UUID) {
        for style in Style.all {
            let (isThere, id) = message.withHeaderBytes(style.eventID) { bytes in
                (bytes != nil, bytes.flatMap { UUIDText.parse($0) })
            }
            guard isThere else { continue }
            guard let id else { throw .badEventID }
            return (style, id)
        }
        throw .noEventID
    }

    private static func payload(of message: some MessageSource) throws(Malformation) -> [UInt8] {
        let result: Result<[UInt8], Malformation> = message.withValueBytes { bytes in
            guard let bytes else { return .failure(.nullValue) }
            do throws(Malformation) {
                try JSONScanner.checkObject(bytes)
            } catch {
                return .failure(error)
            }
            return .success(Array(bytes))
        }
        return try result.get()
    }

    private static func member(_ name: StaticString, of payload: [UInt8]) -> String? {
        payload.withUnsafeBytes { JSONScanner.string(name, in: $0) }
            .flatMap { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
    }

    private static func key(of message: some MessageSource) throws(Malformation) -> String? {
        let (isThere, text) = message.withKeyBytes { bytes in
            (bytes.map { !$0.isEmpty } ?? false, bytes.flatMap { String(databaseText: $0) })
        }
        guard !isThere || text != nil else { throw .badText(header: "the key") }
        return isThere ? text : nil
    }

    private static func text(
        _ name: String, of message: some MessageSource, using cache: inout TextCache
    ) throws(Malformation) -> String? {
        let (isThere, text) = message.withHeaderBytes(name) { bytes in
            (bytes != nil, bytes.flatMap { cache.text($0) })
        }
        guard !isThere || text != nil else { throw .badText(header: "the header \(name)") }
        return text
    }

    private static func optionalText(
        _ name: String?, of message: some MessageSource, using cache: inout TextCache
    ) throws(Malformation) -> String? {
        guard let name else { return nil }
        return try text(name, of: message, using: &cache).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func uncachedText(
        _ name: String?, of message: some MessageSource
    ) throws(Malformation) -> String? {
        guard let name else { return nil }
        let (isThere, text) = message.withHeaderBytes(name) { bytes in
            (bytes != nil, bytes.flatMap { String(databaseText: $0) })
        }
        guard !isThere || text != nil else { throw .badText(header: "the header \(name)") }
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where the sequence is missing it is 0: order is then the partition's.
    private static func sequence(_ name: String?, of message: some MessageSource) throws(Malformation) -> Int64 {
        guard let name else { return 0 }
        let (isThere, number) = message.withHeaderBytes(name) { bytes in
            (bytes.map { !$0.isEmpty } ?? false, bytes.flatMap { Int64(decimal: $0) })
        }
        guard isThere else { return 0 }
        guard let number else { throw .badSequence }
        return number
    }

    private static func trace(of message: some MessageSource) -> TraceContext? {
        let parent = message.withHeaderBytes("traceparent") { $0.map { String(decoding: $0, as: UTF8.self) } }
        guard let parent else { return nil }
        let state = message.withHeaderBytes("tracestate") { $0.map { String(decoding: $0, as: UTF8.self) } }
        return TraceContext(traceparent: parent, tracestate: state)
    }

    private static func replayID(of message: some MessageSource) -> UUID? {
        message.withHeaderBytes("replay_id") { bytes in bytes.flatMap { UUIDText.parse($0) } }
    }

    /// What stands before the first dot, or all of it.
    private static func prefix(of eventType: String) -> String {
        eventType.firstIndex(of: ".").map { String(eventType[..<$0]) } ?? eventType
    }
}

extension Int64 {
    /// Reads decimal digits with an optional minus sign.
    fileprivate init?(decimal text: UnsafeRawBufferPointer) {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in rest {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsAgain) = product.subtractingReportingOverflow(Int64(byte - 0x30))
            guard !overflows, !overflowsAgain else { return nil }
            value = sum
        }
        // Summed up as a negative number, which reaches one further.
        if isNegative {
            self = value
        } else {
            guard value != .min else { return nil }
            self = -value
        }
    }
}
