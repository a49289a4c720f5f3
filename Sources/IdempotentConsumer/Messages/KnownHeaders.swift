/// The headers that events are read from, found in one pass over all of them. Their values are lent: valid only as long
/// as what they were noted from.
package struct KnownHeaders {
    /// One of them, with its name for those who have to mend it.
    struct Header {
        let name: StaticString
        let value: UnsafeRawBufferPointer
    }

    /// One header style's.
    struct Fields {
        /// Whether the style has headers for all of them; the payload says the rest otherwise.
        let isComplete: Bool
        var eventID: Header?
        var eventType: Header?
        var aggregateType: Header?
        var aggregateID: Header?
        var sequence: Header?
        var occurredAt: Header?
        var tenantID: Header?
    }

    private(set) var native = Fields(isComplete: true)
    private(set) var cloudevents = Fields(isComplete: true)
    private(set) var debezium = Fields(isComplete: false)
    private(set) var traceParent: Header?
    private(set) var traceState: Header?
    private(set) var replayID: Header?

    /// Takes a header in. Of several with one name the first counts; one without a value is none.
    mutating func note(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
        guard let value else { return }
        let given = name
        func keep(_ name: StaticString, _ field: inout Header?) -> Bool {
            guard field == nil, Self.matches(given, name) else { return false }
            field = Header(name: name, value: value)
            return true
        }
        // By length, so that few names have to be compared.
        switch name.count {
        case 2: _ = keep("id", &debezium.eventID)
        case 5: _ = keep("ce_id", &cloudevents.eventID)
        case 7: _ = keep("ce_type", &cloudevents.eventType) || keep("ce_time", &cloudevents.occurredAt)
        case 8: _ = keep("event_id", &native.eventID) || keep("sequence", &native.sequence)
        case 9:
            _ =
                keep("tenant_id", &native.tenantID) || keep("eventType", &debezium.eventType)
                || keep("replay_id", &replayID)
        case 10:
            _ =
                keep("event_type", &native.eventType) || keep("ce_subject", &cloudevents.aggregateID)
                || keep("tracestate", &traceState)
        case 11:
            _ =
                keep("occurred_at", &native.occurredAt) || keep("traceparent", &traceParent)
                || keep("ce_sequence", &cloudevents.sequence) || keep("ce_tenantid", &cloudevents.tenantID)
        case 12: _ = keep("aggregate_id", &native.aggregateID)
        case 14: _ = keep("aggregate_type", &native.aggregateType)
        case 16: _ = keep("ce_aggregatetype", &cloudevents.aggregateType)
        default: break
        }
    }

    private static func matches(_ given: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        for index in 0..<given.count where given[index] != name.utf8Start[index] { return false }
        return true
    }
}
