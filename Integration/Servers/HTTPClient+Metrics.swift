package import OutboxTelemetry

extension HTTPClient {
    /// `GET /metrics`.
    package func metrics() async throws -> PrometheusSamples { PrometheusSamples(try await get("/metrics").text) }
}
