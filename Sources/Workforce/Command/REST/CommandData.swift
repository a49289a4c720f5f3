import FoundationEssentials

/// The member `data` of a command's answer: what it made or changed, and the events that tell of it.
struct CommandData<Subject: Encodable>: Encodable {
    let subject: Subject
    let events: [EventReceipt]

    private enum CodingKeys: CodingKey {
        case sequence, events
    }

    // The subject's members stand beside the others.
    func encode(to encoder: any Encoder) throws {
        try subject.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(events.last?.sequence, forKey: .sequence)
        try container.encode(events.map(WrittenEvent.init), forKey: .events)
    }
}

/// An event as answers tell of it.
private struct WrittenEvent: Encodable {
    let eventId: UUID
    let eventType: String
    let aggregateType: String
    let aggregateId: String
    let sequence: Int64

    init(_ receipt: EventReceipt) {
        eventId = receipt.eventID
        eventType = receipt.type.rawValue
        aggregateType = receipt.type.aggregateType.rawValue
        aggregateId = receipt.aggregateID
        sequence = receipt.sequence
    }
}

/// A payload with its aggregate's code under the name that it has in requests.
struct Coded<Payload: Encodable>: Encodable {
    let code: String
    let payload: Payload

    private enum CodingKeys: CodingKey {
        case code
    }

    func encode(to encoder: any Encoder) throws {
        try payload.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
    }
}
