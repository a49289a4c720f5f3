import OutboxTelemetry

/// The dispatcher's metrics, under one prefix.
struct DispatchMetrics: Sendable {
    let success: Counter
    let failure: Counter
    let retry: Counter
    let active: Gauge
    let byResult: CounterFamily
    let backlog: Gauge
    let oldestAge: Gauge
    let held: Gauge
    let parked: Gauge
    let tableBytes: Gauge
    let tableRows: Gauge
    let tableDeadRows: Gauge
    let vacuumHeld: Gauge
    let lanes: Gauge
    let lanesOwned: Gauge
    let lanesTaken: Counter
    let lanesReleased: Counter
    let lanesLost: Counter
    let dispatchers: Gauge
    let claimSeconds: Histogram
    let claimRows: Counter
    let publishSeconds: Histogram
    let settleSeconds: Histogram
    let delaySeconds: Histogram
    let orderViolation: Counter
    let deleted: Counter
    let retentionLag: Gauge
    let partitions: Gauge
    let partitionsDropped: Counter
    let partitionsHeldBack: Gauge
    let partitionSpilled: Gauge
    let producerQueue: Gauge
    let topicsOnHold: Gauge
    let outage: GaugeFamily
    let brokerUp: GaugeFamily
    let brokerRoundTrip: GaugeFamily
    let brokerErrors: GaugeFamily

    init(prefix: String, registry: MetricsRegistry) {
        func name(_ rest: String) -> String { "\(prefix)_\(rest)" }
        success = registry.counter(name("success_total"), help: "Events settled after the broker acknowledged them.")
        failure = registry.counter(
            name("failure_total"), help: "Failures of events: refused, not publishable, or parked.")
        retry = registry.counter(name("retry_total"), help: "Failures after which the event will be retried.")
        active = registry.gauge(name("active"), help: "1 while the dispatcher works, 0 when it has stopped.")
        byResult = registry.counter(
            name("total"), help: "Events by result (success, retry, error = parked) and event type.",
            labelNames: ["result", "event_type"],
            overflowing: ["event_type"])
        backlog = registry.gauge(name("backlog_events"), help: "Events waiting in the outbox, parked ones left out.")
        oldestAge = registry.gauge(name("oldest_age_seconds"), help: "Age of the oldest event that waits.")
        held = registry.gauge(name("held_aggregates"), help: "Aggregates on hold, those of parked events among them.")
        parked = registry.gauge(name("parked"), help: "Parked events, which wait for an operator.")
        tableBytes = registry.gauge(name("table_bytes"), help: "Size of the outbox's table with its indexes.")
        tableRows = registry.gauge(name("table_rows"), help: "Rows of the outbox's table, by the server's statistics.")
        tableDeadRows = registry.gauge(
            name("table_dead_rows"), help: "Dead rows that vacuum has not removed yet, by the server's statistics.")
        vacuumHeld = registry.gauge(
            name("vacuum_held_seconds"),
            help: "For how long a transaction or a replication slot has kept vacuum from removing rows.")
        lanes = registry.gauge(name("lanes"), help: "Lanes that all dispatchers share.")
        lanesOwned = registry.gauge(name("lanes_owned"), help: "Lanes leased to this dispatcher.")
        lanesTaken = registry.counter(name("lanes_taken_total"), help: "Lanes taken by this dispatcher.")
        lanesReleased = registry.counter(name("lanes_released_total"), help: "Lanes handed over to other dispatchers.")
        lanesLost = registry.counter(
            name("lanes_lost_total"), help: "Lanes whose lease ran out before it could be renewed.")
        dispatchers = registry.gauge(name("dispatchers"), help: "Dispatchers that live, this one among them.")
        claimSeconds = registry.histogram(name("claim_seconds"), help: "Time of a claim.", buckets: Self.buckets)
        claimRows = registry.counter(name("claimed_total"), help: "Events claimed, repeated ones among them.")
        publishSeconds = registry.histogram(
            name("publish_seconds"), help: "Time from a lane's claim to its last delivery report.",
            buckets: Self.buckets)
        settleSeconds = registry.histogram(name("settle_seconds"), help: "Time of a settle.", buckets: Self.buckets)
        delaySeconds = registry.histogram(
            name("delay_seconds"), help: "Time from an event's creation to its acknowledgement by the broker.",
            buckets: Self.buckets)
        orderViolation = registry.counter(
            name("order_violation_total"),
            help: "Events committed after a later one of their aggregate had been settled.")
        deleted = registry.counter(name("retention_deleted_total"), help: "Settled events deleted by retention.")
        retentionLag = registry.gauge(
            name("retention_lag_seconds"), help: "How long ago the events now deleted by retention were old enough.")
        partitions = registry.gauge(
            name("partitions"), help: "Partitions of the outbox; 0 for a table without.")
        partitionsDropped = registry.counter(
            name("partitions_dropped_total"), help: "Partitions of settled events dropped by retention.")
        partitionsHeldBack = registry.gauge(
            name("partitions_held_back"), help: "Old partitions that stay because of events that are not settled.")
        partitionSpilled = registry.gauge(
            name("partition_spilled"), help: "1 while the default partition holds events.")
        producerQueue = registry.gauge(name("producer_queue"), help: "Messages queued or in flight in the producer.")
        topicsOnHold = registry.gauge(
            name("topics_on_hold"), help: "Topics that take no events at present; theirs wait, uncounted.")
        outage = registry.gauge(
            name("outage"), help: "1 while the server of this name gives no progress.", labelNames: ["server"])
        brokerUp = registry.gauge(
            name("broker_up"), help: "1 while the producer is connected to the broker of this id.",
            labelNames: ["broker"])
        brokerRoundTrip = registry.gauge(
            name("broker_round_trip_seconds"), help: "99th percentile of the broker's answer times, lately.",
            labelNames: ["broker"])
        brokerErrors = registry.gauge(
            name("broker_errors"), help: "Errors and time-outs of the present producer with the broker.",
            labelNames: ["broker"])
    }

    private static let buckets = HistogramBuckets([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ])
}
