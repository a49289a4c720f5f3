/// What the dispatcher's loop is told.
enum DispatchSignal: Sendable {
    /// - Parameter surplus: how many lanes it owns beyond its share.
    case leased(
        epochs: [Int: Int64], until: ContinuousClock.Instant, surplus: Int, standing: DispatcherState.Standing)
    case claimed(ClaimedEvents, lanes: [Int], epochs: [Int64], limit: ClaimLimit)
    case claimFailed(lanes: [Int])
    case published(LaneOutcome)
    /// A part of a batch that its lane did not wait for.
    case late(LaneOutcome)
    /// - Parameter marked: those whose acknowledged events were marked; the others' lanes were lost.
    case settled([LaneOutcome], marked: [LaneOutcome])
    /// - Parameters:
    ///   - done: those that were dealt with before the failure.
    ///   - marked: those whose acknowledged events were marked before the failure.
    case settleFailed([LaneOutcome], done: [LaneOutcome], marked: [LaneOutcome])
    case probed(Int64?)
    case nudge
    case drain
    case timer
}
