/// Whether a consumer can make progress.
public struct ConsumerHealth: Sendable, Hashable {
    /// The database answered lately.
    public var isDatabaseReachable = false
    /// A broker answered lately.
    public var isBrokerReachable = false
    /// The group has told this consumer which partitions are its own; there may be none left for it.
    public var hasAssignment = false
    /// It is a member of the group and owns no partition: others have them all, and it stands by.
    public var isStandby: Bool { hasAssignment && partitions == 0 }
    /// The partitions that this consumer owns.
    public var partitions = 0
    /// Those of them that wait since a server, a table or the dead-letter topic does not work.
    public var stalledPartitions = 0
    /// Why the last of them waits.
    public var lastStall: String?
    /// The loop moved lately.
    public var isLoopMoving = false
    /// It finishes what is in flight and stops.
    public var isDraining = false

    /// The process works; when it doesn't, a restart may help.
    public var isLive: Bool { isLoopMoving || isDraining }

    /// Progress is possible: servers reachable, partitions known and none stalled, the loop moved lately, no drain.
    public var isReady: Bool {
        isDatabaseReachable && isBrokerReachable && hasAssignment && stalledPartitions == 0 && isLoopMoving
            && !isDraining
    }
}
