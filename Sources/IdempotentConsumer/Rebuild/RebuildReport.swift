/// How far a rebuild has come.
public struct RebuildProgress: Sendable, Hashable {
    /// The records that have been read and applied.
    public var done: Int64
    /// The records up to where the running consumer stood at the start.
    public var total: Int64
}

/// What a rebuild did.
public struct RebuildReport: Sendable, Hashable, Codable {
    /// The records that were read, from the topics' beginning on.
    public var records: Int64 = 0
    /// The events that took effect.
    public var applied: Int64 = 0
    /// The aggregates that are on hold now.
    public var heldAggregates: Int = 0
    /// From the start to the swap.
    public var seconds: Double = 0
    /// How long the swap kept the running consumer waiting.
    public var swapSeconds: Double = 0
    /// The cached answers that were out of date with the swap.
    public var staleAnswers: Int = 0
}
