import OutboxTelemetry

/// What the consumer counts and measures.
struct ConsumeMetrics: Sendable {
    let active: Gauge
    let partitions: Gauge
    let heldAggregates: Gauge
    let stalledPartitions: Gauge
    let pausedPartitions: Gauge
    let lag: GaugeFamily
    let applied: CounterFamily
    let duplicates: Counter
    let skipped: CounterFamily
    let held: Counter
    let deadLetters: CounterFamily
    let retries: CounterFamily
    let lost: Counter
    let batchSeconds: Histogram
    let batchEvents: Histogram
    let appliedDelay: Histogram
    let cacheDelay: Histogram
    let refreshSeconds: Histogram
    let refreshedKeys: Counter
    let refreshFailures: Counter
    let inboxDeleted: Counter
    let rebalances: Gauge
    let brokerUp: GaugeFamily
    let brokerRoundTrip: GaugeFamily
    let brokerErrors: GaugeFamily

    init(prefix: String, registry: MetricsRegistry) {
        func name(_ suffix: String) -> String { "\(prefix)_\(suffix)" }
        active = registry.gauge(name("active"), help: "1 while the consumer runs.")
        partitions = registry.gauge(name("partitions"), help: "Partitions that this consumer owns.")
        heldAggregates = registry.gauge(
            name("held_aggregates"), help: "Aggregates on hold in the partitions of this consumer.")
        stalledPartitions = registry.gauge(
            name("stalled_partitions"), help: "Partitions that wait for a server, a table or the dead-letter topic.")
        pausedPartitions = registry.gauge(
            name("paused_partitions"), help: "Partitions that are not read, since what was read of them waits.")
        lag = registry.gauge(
            name("lag"), help: "Records of a partition that have not been applied yet.",
            labelNames: ["topic", "partition"], maximumSeries: 512)
        applied = registry.counter(
            name("applied_total"), help: "Events that took effect.", labelNames: ["event_type"])
        duplicates = registry.counter(
            name("duplicates_total"), help: "Events that were delivered again and left out.")
        skipped = registry.counter(
            name("skipped_total"), help: "Events of a type that no projection asks for.", labelNames: ["event_type"])
        held = registry.counter(
            name("held_total"), help: "Events that were set aside to wait for their aggregate's hold to end.")
        deadLetters = registry.counter(
            name("dead_letters_total"), help: "Records written to a dead-letter topic.", labelNames: ["reason"])
        retries = registry.counter(
            name("retries_total"), help: "Pieces of work that failed and are done again.", labelNames: ["reason"])
        lost = registry.counter(
            name("lost_total"), help: "Records that the topic dropped before they were applied.")
        batchSeconds = registry.histogram(name("batch_seconds"), help: "Time of a batch's transaction.")
        batchEvents = registry.histogram(name("batch_events"), help: "Records in a batch.", buckets: .sizes)
        appliedDelay = registry.histogram(
            name("applied_delay_seconds"), help: "Time from an event's occurrence to its effect.")
        cacheDelay = registry.histogram(
            name("cache_delay_seconds"), help: "Time from an event's occurrence to the refreshed cache.")
        refreshSeconds = registry.histogram(name("refresh_seconds"), help: "Time of a refresh of cached answers.")
        refreshedKeys = registry.counter(name("refreshed_keys_total"), help: "Cached answers that were refreshed.")
        refreshFailures = registry.counter(
            name("refresh_failures_total"), help: "Refreshes that failed and are done again.")
        inboxDeleted = registry.counter(
            name("inbox_deleted_total"), help: "Event ids that were forgotten by retention.")
        rebalances = registry.gauge(
            name("rebalances"), help: "Rebalances of the group that this consumer has taken part in.")
        brokerUp = registry.gauge(
            name("broker_up"), help: "1 while the consumer is connected to the broker of this id.",
            labelNames: ["broker"])
        brokerRoundTrip = registry.gauge(
            name("broker_round_trip_seconds"),
            help: "99th percentile of the broker's answer times, lately; that of a fetch includes its wait.",
            labelNames: ["broker"])
        brokerErrors = registry.gauge(
            name("broker_errors"), help: "Errors and time-outs of the consumer with the broker.",
            labelNames: ["broker"])
    }
}
