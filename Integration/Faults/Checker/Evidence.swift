import Foundation

/// A record, as an independent reader found it on a topic.
struct TopicRecord: Sendable, Hashable {
    let topic: String
    let partition: Int32
    let offset: Int64
    let key: String?
    /// The header `event_id`.
    let eventID: UUID?
    /// The id that the writer wrote into the payload.
    let payloadID: UUID?
    /// The headers `aggregate_type` and `aggregate_id`.
    let aggregate: AggregateKey?
    /// By the broker's clock, in milliseconds since 1970.
    let appendedAt: Double
}

/// An entry of the read model's ledger.
struct AppliedEvent: Sendable, Hashable {
    let eventID: UUID
    let aggregate: AggregateKey
    /// By the database's clock, in milliseconds since 1970.
    let appliedAt: Double
}

/// What the read model, and a cached answer, say of an aggregate.
struct AggregateTotal: Sendable, Hashable {
    let applied, lastSequence: Int64
}

/// All that the checker looks at.
struct Evidence: Sendable {
    /// What was committed: acknowledged, or found to be there when there was no answer.
    var committed: [Truth.Event] = []
    /// Whose commit was acknowledged.
    var acknowledged: Set<UUID> = []
    var rolledBack: Set<UUID> = []
    /// What the business's table holds.
    var business: Set<UUID> = []
    /// What the operator gave up when it was on the topic, and must not be in the read model.
    var unapplied: Set<UUID> = []
    /// What the operator gave up before it was published.
    var discarded: Set<UUID> = []
    /// Poison that the consumer must have sent to the dead letters.
    var deadLetterIDs: Set<UUID> = []
    /// Keys of foreign records, which must be among the dead letters too.
    var foreignKeys: Set<String> = []
    /// By topic, partition and offset.
    var records: [TopicRecord] = []
    var deadLetters: [TopicRecord] = []
    /// In the order in which they were applied.
    var applied: [AppliedEvent] = []
    var totals: [AggregateKey: AggregateTotal] = [:]
    var cached: [AggregateKey: AggregateTotal] = [:]
}
