import FoundationEssentials
import Outbox

/// Who owns the lanes.
struct LanesSection: Encodable {
    struct Dispatcher: Encodable {
        let instance: String
        let state: String
        let lanes: [Int]
        let expired: [Int]
        let lowestEpoch: Int64?
        let highestEpoch: Int64?
        /// When the first of its leases ends.
        let leaseUntil: Date?
        let startedAt: Date?
    }

    let count: Int
    let unowned: [Int]
    let dispatchers: [Dispatcher]

    init(_ shares: LaneShares, now: Date) {
        count = shares.count
        unowned = shares.unowned
        dispatchers = shares.dispatchers.map { dispatcher in
            Dispatcher(
                instance: dispatcher.instance, state: dispatcher.state.rawValue, lanes: dispatcher.lanes,
                expired: dispatcher.expiredLanes, lowestEpoch: dispatcher.lowestEpoch,
                highestEpoch: dispatcher.highestEpoch, leaseUntil: dispatcher.leaseSeconds.map { now + $0 },
                startedAt: dispatcher.startedAt)
        }
    }
}
