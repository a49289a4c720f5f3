/// What the dispatcher's loop is told.
enum DispatchSignal: Sendable {
    case leased(epochs: [Int: Int64], until: ContinuousClock.Instant)
    case claimed(ClaimedEvents, lanes: [Int], epochs: [Int64], limit: Int)
    case claimFailed(lanes: [Int])
    case published(LaneOutcome)
    case settled([LaneOutcome], lost: Set<Int>)
    /// - Parameter done: the lanes that were settled before the failure.
    case settleFailed([LaneOutcome], done: [Int])
    case probed(Int64?)
    case nudge
    case drain
    case timer
}
