/// What became of one lane's batch when it was published.
struct LaneOutcome: Sendable, Equatable {
    let lane: Int
    /// Of the lease under which the batch was claimed.
    let epoch: Int64
    /// Acknowledged by the broker.
    var settled: [SettledEvent] = []
    /// To blame for their own failure: they will be retried or parked, and hold their aggregates.
    var failures: [EventFailure] = []
    /// How many of the settled there are of each event type.
    var countsByType: [String: Int] = [:]
    /// Some events came back refused, and it isn't sure yet which is to blame.
    var hasSuspects = false
    /// Some events of the batch were not sent, or came back without anybody's fault.
    var isUnfinished = false
    /// Of a part of a batch that its lane did not wait for: the part's aggregate type.
    var lateType: String?

    /// Adds what became of another part of the same batch.
    mutating func merge(_ other: LaneOutcome) {
        settled += other.settled
        failures += other.failures
        countsByType.merge(other.countsByType) { $0 + $1 }
        hasSuspects = hasSuspects || other.hasSuspects
        isUnfinished = isUnfinished || other.isUnfinished
    }
}

struct SettledEvent: Sendable, Equatable {
    let sequence: Int64
    /// Names the aggregate, for seeing events that were committed out of order.
    let aggregateHash: Int
}

/// An event that can't be published as it is.
struct EventFailure: Sendable, Equatable {
    let sequence: Int64
    let eventID: String
    let eventType: String
    let aggregateType: String
    let aggregateID: String
    /// How often it had failed before.
    let retryCount: Int
    let reason: String
}
