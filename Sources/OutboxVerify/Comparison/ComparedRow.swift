package import FoundationEssentials

/// What a comparison needs of a row of the outbox.
package struct ComparedRow: Sendable {
    /// How far the event has come.
    package enum State: Sendable, Hashable {
        case settled
        /// Waiting to be published.
        case pending
        /// Scheduled for later by its writer.
        case scheduled
        /// Failed, and waiting for its retry.
        case held
        case parked
    }

    package var eventID: UUID
    package var sequence: Int64
    package var state: State
    /// Whether its writer asked for a later time than that of the row's making.
    package var isScheduled: Bool
    /// Whether it was made within the span that is verified.
    package var isInSpan: Bool
    /// When it was made, in milliseconds since 1970.
    package var createdAt: Int64
    /// When it was settled, in milliseconds since 1970.
    package var publishedAt: Int64?
    /// The place of its topic in the list of topics.
    package var topic: Int
    /// A hash of topic and key.
    package var aggregate: UInt64
    /// A hash of event type and payload.
    package var digest: UInt64

    package init(
        eventID: UUID, sequence: Int64, state: State, isScheduled: Bool = false, isInSpan: Bool = true,
        createdAt: Int64, publishedAt: Int64?, topic: Int, aggregate: UInt64, digest: UInt64
    ) {
        self.eventID = eventID
        self.sequence = sequence
        self.state = state
        self.isScheduled = isScheduled
        self.isInSpan = isInSpan
        self.createdAt = createdAt
        self.publishedAt = publishedAt
        self.topic = topic
        self.aggregate = aggregate
        self.digest = digest
    }
}
