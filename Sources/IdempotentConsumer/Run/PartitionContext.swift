import OutboxTelemetry

/// What all partitions of a consumer share.
struct PartitionContext: Sendable {
    let configuration: ConsumerConfiguration
    let applier: EventApplier
    let eventTypes: Set<String>
    let deadLetters: any DeadLetterWriter
    /// nil without a cache.
    let refresher: CacheRefresher?
    let committer: OffsetCommitter
    let metrics: ConsumeMetrics
    let logger: Logger
    let hooks: FaultHooks
    /// Called with every answer of the database.
    let databaseAnswered: @Sendable () -> Void

    var store: ConsumerStore { applier.store }
    var stallBackoff: Backoff { Backoff(base: .milliseconds(50), limit: configuration.maximumBackoff) }
}
