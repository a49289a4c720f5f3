import LibRDKafka
import Outbox

/// Writes an event's Kafka headers in one of the styles.
///
/// Holds a small buffer for the text of ids and numbers, so it serves one lane at a time.
final class EventHeaders {
    private let style: HeaderStyle
    private let cloudEventsSource: [UInt8]
    private let marks: [KafkaHeader]
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
    private static let json: [UInt8] = Array("application/json".utf8)
    private static let specificationVersion: [UInt8] = Array("1.0".utf8)
    /// Names that a row's own headers can't take.
    private static let reserved: Set<[UInt8]> = Set(
        [
            "event_id", "event_type", "aggregate_type", "aggregate_id", "sequence", "occurred_at", "tenant_id",
            "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_sequence",
            "ce_aggregatetype", "ce_tenantid", "content-type", "id", "eventType", "replay_id", "replayed_at",
        ].map { Array($0.utf8) })

    /// - Parameter marks: what every event carries beside its own, in whichever style.
    init(style: HeaderStyle, cloudEventsSource: String, marks: [(name: String, value: String)] = []) {
        self.style = style
        self.cloudEventsSource = Array(cloudEventsSource.utf8)
        self.marks = marks.map { KafkaHeader($0.name, $0.value) }
    }

    deinit { scratch.deallocate() }

    func make(for row: Int, of events: ClaimedEvents) -> KafkaHeaders {
        var headers = KafkaHeaders(capacity: 10)
        switch style {
        case .native:
            headers.add("event_id", uuidText(events.eventID(row)))
            headers.add("event_type", events.eventType(row))
            headers.add("aggregate_type", events.aggregateType(row))
            headers.add("aggregate_id", events.aggregateID(row))
            headers.add("sequence", decimalText(events.sequence(row)))
            addTime(of: row, events, as: "occurred_at", to: &headers)
            if let tenantID = events.tenantID(row) { headers.add("tenant_id", tenantID) }
        case .cloudevents:
            Self.specificationVersion.withUnsafeBytes { headers.add("ce_specversion", $0) }
            headers.add("ce_id", uuidText(events.eventID(row)))
            cloudEventsSource.withUnsafeBytes { headers.add("ce_source", $0) }
            headers.add("ce_type", events.eventType(row))
            headers.add("ce_subject", events.aggregateID(row))
            addTime(of: row, events, as: "ce_time", to: &headers)
            headers.add("ce_sequence", decimalText(events.sequence(row)))
            headers.add("ce_aggregatetype", events.aggregateType(row))
            if let tenantID = events.tenantID(row) { headers.add("ce_tenantid", tenantID) }
            Self.json.withUnsafeBytes { headers.add("content-type", $0) }
        case .debezium:
            headers.add("id", uuidText(events.eventID(row)))
            headers.add("eventType", events.eventType(row))
        }
        addOwn(events.headers(row), to: &headers)
        for mark in marks { headers.add(mark) }
        return headers
    }

    private func addTime(
        of row: Int, _ events: ClaimedEvents, as name: StaticString, to headers: inout KafkaHeaders
    ) {
        if let occurredAt = events.occurredAt(row) {
            headers.add(name, occurredAt)
        } else {
            var text = RFC3339.format(microseconds: events.createdAt(row))
            text.withUTF8 { headers.add(name, UnsafeRawBufferPointer($0)) }
        }
    }

    private func addOwn(_ text: UnsafeRawBufferPointer, to headers: inout KafkaHeaders) {
        // `{}`, as nearly all rows of plain writers have it.
        guard text.count > 2 else { return }
        var own: [(name: [UInt8], value: [UInt8]?)] = []
        var reader = FlatHeaders(text)
        _ = reader.forEach { name, value in
            if !Self.reserved.contains(name) { own.append((name, value)) }
        }
        for (name, value) in own {
            name.withUnsafeBytes { name in
                if let value {
                    value.withUnsafeBytes { headers.add(name, $0) }
                } else {
                    headers.add(name, nil)
                }
            }
        }
    }

    private static let hexadecimal: StaticString = "0123456789abcdef"

    /// The usual 36 characters of a UUID's 16 bytes.
    private func uuidText(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let digits = Self.hexadecimal.utf8Start
        var position = 0
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                scratch[position] = UInt8(ascii: "-")
                position += 1
            }
            scratch[position] = digits[Int(byte >> 4)]
            scratch[position + 1] = digits[Int(byte & 15)]
            position += 2
        }
        return UnsafeRawBufferPointer(rebasing: scratch[..<position])
    }

    /// A sequence in decimal, written from the end of the buffer.
    private func decimalText(_ value: Int64) -> UnsafeRawBufferPointer {
        var rest = value.magnitude
        var position = scratch.count
        repeat {
            position -= 1
            scratch[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if value < 0 {
            position -= 1
            scratch[position] = UInt8(ascii: "-")
        }
        return UnsafeRawBufferPointer(rebasing: scratch[position...])
    }
}
