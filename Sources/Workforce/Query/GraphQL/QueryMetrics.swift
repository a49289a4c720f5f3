import OutboxTelemetry

/// What the query service measures beside its requests.
struct QueryMetrics: Sendable {
    private let waitSeconds: Histogram

    init(registry: MetricsRegistry) {
        waitSeconds = registry.histogram(
            "workforce_query_wait_seconds", help: "Time that queries waited for what their callers had written.")
    }

    func waited(_ duration: Duration) { waitSeconds.observe(duration / .seconds(1)) }
}
