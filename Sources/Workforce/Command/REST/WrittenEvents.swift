import FoundationEssentials

/// What answers say of the events that a command wrote.
struct WrittenEvents: Encodable {
    /// The last event's; none where there are no events.
    let sequence: Int64?
    let events: [Event]

    struct Event: Encodable {
        let eventId: UUID
        let eventType: String
        let aggregateType: String
        let aggregateId: String
        let sequence: Int64
    }

    init(_ receipts: [EventReceipt]) {
        sequence = receipts.last?.sequence
        events = receipts.map { receipt in
            Event(
                eventId: receipt.eventID, eventType: receipt.type.rawValue,
                aggregateType: receipt.type.aggregateType.rawValue, aggregateId: receipt.aggregateID,
                sequence: receipt.sequence)
        }
    }
}
