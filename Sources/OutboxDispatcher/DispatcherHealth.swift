/// Whether a dispatcher can make progress.
public struct DispatcherHealth: Sendable, Hashable {
    /// The database answered lately.
    public var isDatabaseReachable = false
    /// The brokers take messages, as far as is known.
    public var isBrokerReachable = false
    /// Lanes leased to this instance.
    public var lanesOwned = 0
    /// It owns no lane because others own them all; it takes over those that they hand over or whose leases run out.
    public var isStandby = false
    /// An operator has told it to hand its lanes over and to take none.
    public var isDrained = false
    /// The loop moved lately.
    public var isLoopMoving = false
    /// The loop has not moved for a minute, which no outage explains: the process should be restarted.
    public var isStuck = false
    /// It finishes what is in flight and stops.
    public var isDraining = false
    /// Topics that take no events at present, while others do.
    public var topicsOnHold = 0

    /// Progress is possible: servers reachable, a lane owned or a good reason to own none, the loop moved lately, no
    /// drain.
    public var isReady: Bool {
        isDatabaseReachable && isBrokerReachable && (lanesOwned > 0 || isStandby || isDrained) && isLoopMoving
            && !isDraining
    }
}
