/// Whether a dispatcher can make progress.
public struct DispatcherHealth: Sendable, Hashable {
    /// The database answered lately.
    public var isDatabaseReachable = false
    /// The brokers take messages, as far as is known.
    public var isBrokerReachable = false
    /// Lanes leased to this instance.
    public var lanesOwned = 0
    /// The loop moved lately.
    public var isLoopMoving = false
    /// It finishes what is in flight and stops.
    public var isDraining = false

    /// Progress is possible: servers reachable, a lane owned, the loop moved lately, no drain.
    public var isReady: Bool {
        isDatabaseReachable && isBrokerReachable && lanesOwned > 0 && isLoopMoving && !isDraining
    }
}
