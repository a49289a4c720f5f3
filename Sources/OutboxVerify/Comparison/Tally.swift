/// What was counted that is no violation.
package struct Tally: Sendable, Hashable, Codable {
    /// Rows of the span, by their state.
    package var settled = 0
    package var pending = 0
    package var scheduled = 0
    package var held = 0
    package var parked = 0
    /// Settled events whose rows retention has deleted.
    package var expiredRows = 0
    /// Settled events whose records the topic's own retention has deleted.
    package var expiredRecords = 0
    /// Events on the topic that an operator gave up afterwards.
    package var discarded = 0
    /// Events that their writers scheduled, and that therefore stand behind later ones of their aggregates.
    package var overtaken = 0
    /// Records of the topics.
    package var records = 0
    /// Records of events that were on the topic before.
    package var duplicates = 0
    /// Records that operators sent again.
    package var replays = 0
    /// Events in the inbox.
    package var applied = 0
    /// Events that the consumer keeps until a hold ends, or that are dead letters.
    package var setAside = 0
    /// Events that the consumer has not come to yet.
    package var lagging = 0
    /// Events from before the inbox's or the consumer's beginning.
    package var beforeInbox = 0
    /// Events of types none of which is in the inbox: no projection asks for them.
    package var unasked = 0

    package init() {}

    mutating func count(_ state: ComparedRow.State) {
        switch state {
        case .settled: settled += 1
        case .pending: pending += 1
        case .scheduled: scheduled += 1
        case .held: held += 1
        case .parked: parked += 1
        }
    }

    /// Adds what another pass counted.
    mutating func add(_ other: Tally) {
        for member in Self.members { self[keyPath: member] += other[keyPath: member] }
    }

    private static let members: [any WritableKeyPath<Tally, Int> & Sendable] = [
        \.settled, \.pending, \.scheduled, \.held, \.parked, \.expiredRows, \.expiredRecords, \.discarded, \.overtaken,
        \.records, \.duplicates, \.replays, \.applied, \.setAside, \.lagging, \.beforeInbox, \.unasked,
    ]
}
