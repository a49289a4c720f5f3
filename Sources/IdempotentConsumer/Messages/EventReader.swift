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

    private let eventTypes: Set<String>?
    private var names = TextCache()
    private var types = TextCache()
    private var tenants = TextCache()

    /// - Parameter eventTypes: the types that somebody asks for; nil for all.
    package init(eventTypes: Set<String>?) { self.eventTypes = eventTypes }

    package mutating func read(_ message: some MessageSource) -> Outcome {
        message.withKnownHeaders { headers in
            do throws(Malformation) {
                return try readEvent(message, headers)
            } catch {
                return .malformed(error)
            }
        }
    }

    /// Reads nothing but the event's id; nil for a record that is malformed, or is no event.
    static func eventID(of message: some MessageSource) -> UUID? {
        message.withKnownHeaders { headers in try? identify(headers).eventID }
    }

    private mutating func readEvent(
        _ message: some MessageSource, _ headers: KnownHeaders
    ) throws(Malformation) -> Outcome {
        let (fields, eventID) = try Self.identify(headers)
        guard let eventType = try Self.text(fields.eventType, using: &types), !eventType.isEmpty else {
            throw .noEventType
        }
        guard eventTypes?.contains(eventType) ?? true else { return .unknown(eventType: eventType) }
        let payload = try Self.payload(of: message)

        var aggregateType = try Self.optionalText(fields.aggregateType, using: &names)
        if aggregateType == nil { aggregateType = Self.member("aggregateType", of: payload) }
        var aggregateID = try Self.uncachedText(fields.aggregateID)
        if aggregateID == nil { aggregateID = try Self.key(of: message) ?? Self.member("aggregateId", of: payload) }
        guard let aggregateID, !aggregateID.isEmpty else { throw .noAggregateID }

        let occurredAt =
            try Self.uncachedText(fields.occurredAt)
            ?? (fields.isComplete ? nil : Self.member("occurredAt", of: payload))
        let tenantID =
            try Self.optionalText(fields.tenantID, using: &tenants)
            ?? (fields.isComplete ? nil : Self.member("tenantId", of: payload))
        return .event(
            ReceivedEvent(
                eventID: eventID, eventType: eventType,
                aggregateType: aggregateType ?? Self.prefix(of: eventType), aggregateID: aggregateID,
                sequence: try Self.sequence(fields.sequence),
                occurredAt: occurredAt.flatMap { RFC3339.parse($0) }, tenantID: tenantID,
                trace: Self.trace(headers), payload: payload, topic: message.topic,
                partition: message.partition, offset: message.offset,
                replayID: headers.replayID.flatMap { UUIDText.parse($0.value) }))
    }

    private static func identify(
        _ headers: KnownHeaders
    ) throws(Malformation) -> (fields: KnownHeaders.Fields, eventID: UUID) {
        let (fields, header) =
            if let header = headers.native.eventID {
                (headers.native, header)
            } else if let header = headers.cloudevents.eventID {
                (headers.cloudevents, header)
            } else if let header = headers.debezium.eventID {
                (headers.debezium, header)
            } else {
                throw .noEventID
            }
        guard let id = UUIDText.parse(header.value) else { throw .badEventID }
        return (fields, id)
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
        _ header: KnownHeaders.Header?, using cache: inout TextCache
    ) throws(Malformation) -> String? {
        guard let header else { return nil }
        guard let text = cache.text(header.value) else { throw .badText(header: "the header \(header.name)") }
        return text
    }

    private static func optionalText(
        _ header: KnownHeaders.Header?, using cache: inout TextCache
    ) throws(Malformation) -> String? {
        try text(header, using: &cache).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func uncachedText(_ header: KnownHeaders.Header?) throws(Malformation) -> String? {
        guard let header else { return nil }
        guard let text = String(databaseText: header.value) else { throw .badText(header: "the header \(header.name)") }
        return text.isEmpty ? nil : text
    }

    /// Where the sequence is missing it is 0: order is then the partition's.
    private static func sequence(_ header: KnownHeaders.Header?) throws(Malformation) -> Int64 {
        guard let value = header?.value, !value.isEmpty else { return 0 }
        guard let number = Int64(decimal: value) else { throw .badSequence }
        return number
    }

    private static func trace(_ headers: KnownHeaders) -> TraceContext? {
        guard let parent = headers.traceParent else { return nil }
        return TraceContext(
            traceparent: String(decoding: parent.value, as: UTF8.self),
            tracestate: headers.traceState.map { String(decoding: $0.value, as: UTF8.self) })
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
