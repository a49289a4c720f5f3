/// The values of the headers that events are read from, found in one pass over all of them. They are lent: valid only as
/// long as what they were noted from.
package struct KnownHeaders {
    /// One header style's.
    struct Fields {
        var eventID: UnsafeRawBufferPointer?
        var eventType: UnsafeRawBufferPointer?
        var aggregateType: UnsafeRawBufferPointer?
        var aggregateID: UnsafeRawBufferPointer?
        var sequence: UnsafeRawBufferPointer?
        var occurredAt: UnsafeRawBufferPointer?
        var tenantID: UnsafeRawBufferPointer?
    }

    private(set) var native = Fields()
    private(set) var cloudevents = Fields()
    private(set) var debezium = Fields()
    private(set) var traceParent: UnsafeRawBufferPointer?
    private(set) var traceState: UnsafeRawBufferPointer?
    private(set) var replayID: UnsafeRawBufferPointer?

    /// Takes a header in. Of several with one name the first counts; one without a value is none.
    mutating func note(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
        guard let value else { return }
        let given = name
        func keep(_ name: StaticString, _ field: inout UnsafeRawBufferPointer?) -> Bool {
            guard field == nil, Self.matches(given, name) else { return false }
            field = value
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
