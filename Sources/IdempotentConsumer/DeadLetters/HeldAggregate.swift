public import FoundationEssentials
import LibPQ

/// An aggregate that waits because its first waiting event failed.
public struct HeldAggregate: Sendable, Hashable, Codable {
    /// What it waits for.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// An operator's decision: the first event's attempts are used up.
        case dead
        /// The next attempt.
        case retrying
    }

    /// The kind of aggregate.
    public let aggregateType: String
    /// The aggregate within its type.
    public let aggregateID: String
    /// Where its events come from.
    public let topic: String
    /// The topic's partition.
    public let partition: Int32
    /// What it waits for.
    public let state: State
    /// The first event that waits, which failed.
    public let eventID: UUID?
    /// The first event's type.
    public let eventType: String?
    /// The events that wait, the first among them.
    public let waiting: Int64
    /// How often the first event has been tried.
    public let attempts: Int
    /// Why it failed last.
    public let lastError: String
    /// Since when the aggregate is on hold.
    public let heldAt: Date
    /// When the next attempt is due; nil for a dead one.
    public let retryAt: Date?
    /// Since when it waits for a decision; nil for one that is retried.
    public let deadAt: Date?

    init(_ row: PQRow) throws(PQError) {
        topic = try row.decode(0)
        partition = try row.decode(1)
        aggregateType = try row.decode(2)
        aggregateID = try row.decode(3)
        attempts = Int(try row.decode(4, as: Int32.self))
        lastError = try row.decode(5)
        heldAt = try row.decode(6)
        deadAt = try row.decode(8)
        retryAt = deadAt == nil ? try row.decode(7) : nil
        state = deadAt == nil ? .retrying : .dead
        eventID = try row.decode(9)
        eventType = try row.decode(10)
        waiting = try row.decode(11)
    }
}
