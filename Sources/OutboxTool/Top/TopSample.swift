import FoundationEssentials
import Outbox

/// What `outbox top` saw at one moment.
struct TopSample: Sendable {
    /// By this process's clock, for rates.
    var at: ContinuousClock.Instant
    var types: [OutboxStatus.AggregateType] = []
    var shares: LaneShares
    /// The last sequence drawn; `nil` when the role may not look at it.
    var lastSequence: Int64?
    var lag: [ConsumerLag] = []
    /// What a dispatcher's metrics say; `nil` when they are not asked for or not to be had.
    var metrics: DispatcherMetrics?
    /// What could not be read.
    var troubles: [String] = []

    var pending: Int64 { types.reduce(0) { $0 + $1.pending } }
    var held: Int64 { types.reduce(0) { $0 + $1.heldAggregates } }
    var parked: Int64 { types.reduce(0) { $0 + $1.parked } }
    var oldestSeconds: Double { types.map(\.oldestAgeSeconds).max() ?? 0 }
    var ownedLanes: Int { shares.count - shares.unowned.count }
}
