/// What a comparison must know of the world, beside rows and records, to judge without false alarms. All times are in
/// milliseconds since 1970.
package struct Judgement: Sendable {
    /// What the outbox does with rows of events once they are settled.
    package enum Retention: Sendable, Hashable {
        /// They are deleted at once.
        case none
        /// They are kept for so many milliseconds.
        case keep(Int64)
    }

    /// A consumer, as its database shows it.
    package struct Consumer: Sendable {
        /// For each partition where it goes on; nil for one that it does not read.
        package var nextOffsets: [Int64?]
        /// Whether it reads no topics but those that are verified.
        package var readsNothingElse: Bool
        /// Events applied before this may be forgotten.
        package var inboxHorizon: Int64

        package init(nextOffsets: [Int64?], readsNothingElse: Bool, inboxHorizon: Int64) {
            self.nextOffsets = nextOffsets
            self.readsNothingElse = readsNothingElse
            self.inboxHorizon = inboxHorizon
        }
    }

    /// The time of the last look at the outbox.
    package var now: Int64 = 0
    /// The span that is verified; nil where it has no bound.
    package var since, until: Int64?
    package var retention = Retention.keep(7 * 86_400_000)
    /// How far clocks may differ.
    package var clockSkew: Int64 = 60_000
    /// How long an event may be on the topic before it is settled.
    package var grace: Int64 = 120_000
    /// For each topic: what was written before this may be gone from it; `Int64.max` where nothing can be said.
    package var topicHorizons: [Int64] = []
    /// Whether every record that was ever written to the topics has been read.
    package var readsWholeTopics = true
    package var consumer: Consumer?
    /// Whether duplicates are violations.
    package var isStrict = false

    package init() {}

    /// Whether a record's time is in the span.
    func isInSpan(_ timestamp: Int64) -> Bool {
        timestamp >= since ?? .min && timestamp < until ?? .max
    }
}
