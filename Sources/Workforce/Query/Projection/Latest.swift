import FoundationEssentials

/// The newest value of a group of fields, among the events of a batch.
struct Latest<Value: Sendable & Equatable>: Sendable, Equatable {
    private(set) var value: Value
    /// The sequence of the event that it is from.
    private(set) var sequence: Int64
    /// When the event that it is from happened.
    private(set) var occurredAt: Date?
    /// When the first event of the batch happened.
    private(set) var firstOccurredAt: Date?

    init(_ value: Value, sequence: Int64, occurredAt: Date?) {
        self.value = value
        self.sequence = sequence
        self.occurredAt = occurredAt
        firstOccurredAt = occurredAt
    }

    /// Takes a value unless the one that is here is newer. An event without a sequence (0) counts as newer than what
    /// came before it: then the topic's order is all there is to go by. The read model's statements say the same.
    mutating func take(_ value: Value, sequence: Int64, occurredAt: Date?) {
        if let occurredAt, firstOccurredAt.map({ occurredAt < $0 }) ?? true { firstOccurredAt = occurredAt }
        guard sequence == 0 || sequence >= self.sequence else { return }
        self.value = value
        self.sequence = max(sequence, self.sequence)
        self.occurredAt = occurredAt
    }
}

extension Dictionary {
    mutating func take<Fields>(_ fields: Fields, for key: Key, from event: EventOrigin) where Value == Latest<Fields> {
        if self[key]?.take(fields, sequence: event.sequence, occurredAt: event.occurredAt) == nil {
            self[key] = Latest(fields, sequence: event.sequence, occurredAt: event.occurredAt)
        }
    }
}

/// What orders an event among others.
struct EventOrigin {
    let tenantID: String
    let sequence: Int64
    let occurredAt: Date?
}
