public import OutboxTelemetry

extension HTTPRouter {
    /// Adds `GET /metrics`, Prometheus text of a registry.
    public mutating func addMetrics(_ registry: MetricsRegistry = .shared) {
        get("/metrics") { _ in
            .bytes(registry.expositionBytes(), contentType: MetricsRegistry.contentType)
        }
    }
}
