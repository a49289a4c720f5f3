public import OutboxHTTP
public import OutboxTelemetry

/// Counts requests and how long they take, by route.
///
/// Labels hold what the service knows only, never what a client made up: a path without a route is `none`, a method
/// without a route is `other`.
public struct RequestMetrics: Sendable {
    private let requests: CounterFamily
    private let durations: HistogramFamily

    /// Registers `workforce_http_requests_total` and `workforce_http_request_seconds`.
    public init(registry: MetricsRegistry = .shared) {
        requests = registry.counter(
            "workforce_http_requests_total", help: "Requests answered.", labelNames: ["method", "route", "status"],
            overflowing: [])
        durations = registry.histogram(
            "workforce_http_request_seconds", help: "Time from a request's last byte to its answer.",
            labelNames: ["route"], overflowing: [])
    }

    /// For ``HTTPRouter/use(_:)``; the outermost middleware sees all.
    public func respond(to request: HTTPRequest, _ next: HTTPRouter.Handler) async throws -> HTTPResponse {
        let start = ContinuousClock.now
        let response = try await next(request)
        let route = request.routePattern ?? "none"
        requests.labels(request.routePattern == nil ? "other" : request.method, route, "\(response.status)").increment()
        durations.labels(route).observe(ContinuousClock.now - start)
        return response
    }
}
