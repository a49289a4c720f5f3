import LibPQ

/// What the dispatcher's tasks share about its condition.
struct DispatcherState {
    var isDrainRequested = false
    var isNudged = false
    var topicsOnHold = 0
    /// What makes it stop although nobody asked for it.
    var failure: DispatcherError?
    var standing = Standing()
    private(set) var troubles = DispatcherTroubles()
    /// Its place among the dispatchers.
    struct Standing: Sendable, Equatable {
        /// An operator has told it to take no lanes.
        var isDrained = false
        var lanesOwned = 0
        /// The leases could be read and renewed.
        var isLeased = false

        /// Others own the lanes.
        var isStandby: Bool { isLeased && lanesOwned == 0 && !isDrained }
    }

    private var lastDatabaseAnswer: ContinuousClock.Instant?
    private var lastDatabaseFailure: ContinuousClock.Instant?
    private var lastMove: ContinuousClock.Instant?
    private var isBrokerReachable: Bool?
    private var isDatabaseDown = false

    /// A database is well again when nothing failed for so long: one with a full disk answers what only reads.
    static let calm: Duration = .seconds(3)
    /// After so long without an answer or a move the dispatcher is no longer ready.
    static let patience: Duration = .seconds(15)
    /// After so long without a move, though it moves every few seconds even in an outage, only a restart helps.
    static let longPatience: Duration = .seconds(60)

    /// - Returns: whether it had been down.
    @discardableResult
    mutating func databaseAnswered(now: ContinuousClock.Instant = .now) -> Bool {
        lastDatabaseAnswer = now
        guard isDatabaseDown, lastDatabaseFailure.map({ now - $0 >= Self.calm }) ?? true else { return false }
        isDatabaseDown = false
        troubles.database = nil
        return true
    }

    /// - Returns: whether that is news.
    mutating func databaseFailed(_ error: PQError? = nil, now: ContinuousClock.Instant = .now) -> Bool {
        lastDatabaseFailure = now
        troubles.database = error ?? troubles.database
        defer { isDatabaseDown = true }
        return !isDatabaseDown
    }

    /// - Returns: whether that is news.
    mutating func brokerIs(reachable: Bool, reason: String? = nil) -> Bool {
        troubles.broker = reachable ? nil : reason
        if reachable { troubles.hasBrokerAnswered = true }
        defer { isBrokerReachable = reachable }
        return isBrokerReachable != reachable
    }

    /// - Parameter topics: those on hold.
    mutating func topicsAre(onHold topics: [DispatcherTroubles.Topic]) {
        topicsOnHold = topics.count
        troubles.topics = Array(topics.sorted { $0.name < $1.name }.prefix(DispatcherTroubles.mostTopics))
    }

    mutating func moved() { lastMove = .now }

    func health(now: ContinuousClock.Instant) -> DispatcherHealth {
        func isRecent(_ instant: ContinuousClock.Instant?) -> Bool {
            instant.map { now - $0 < Self.patience } ?? false
        }
        return DispatcherHealth(
            isDatabaseReachable: !isDatabaseDown && isRecent(lastDatabaseAnswer),
            isBrokerReachable: isBrokerReachable ?? false, lanesOwned: standing.lanesOwned,
            isStandby: standing.isStandby,
            isDrained: standing.isDrained, isLoopMoving: isRecent(lastMove),
            isStuck: lastMove.map { now - $0 >= Self.longPatience } ?? false, isDraining: isDrainRequested,
            topicsOnHold: topicsOnHold)
    }
}
