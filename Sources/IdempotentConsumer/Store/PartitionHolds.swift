/// A partition's aggregates on hold, as of one version of them.
struct PartitionHolds: Sendable {
    var version: Int64
    var holds: [AggregateKey: Hold]

    static let none = PartitionHolds(version: -1, holds: [:])

    /// When the next of them is to be tried again.
    var nextRetry: ContinuousClock.Instant? { holds.values.compactMap(\.retryAt).min() }

    /// The aggregates whose time has come, the longest due first.
    func due(at now: ContinuousClock.Instant) -> [AggregateKey] {
        holds.compactMap { key, hold in hold.retryAt.flatMap { $0 <= now ? (key, $0) : nil } }
            .sorted { ($0.1, $0.0.type, $0.0.id) < ($1.1, $1.0.type, $1.0.id) }
            .map(\.0)
    }
}
