import OutboxHTTP
import OutboxTelemetry

/// A line for every request. Says neither headers nor query nor body: they may hold secrets.
struct RequestLog: Sendable {
    let logger: Logger

    func respond(to request: HTTPRequest, _ next: HTTPRouter.Handler) async throws -> HTTPResponse {
        let start = ContinuousClock.now
        let response = try await next(request)
        let isProbe = request.routePattern.map(AccessControl.openPatterns.contains) ?? false
        let identity = request.identity
        logger.log(
            level: isProbe ? .debug : .info, "request",
            metadata: [
                "method": .string(request.method),
                "path": .string(String(request.target.prefix { $0 != "?" }.prefix(200))),
                "status": "\(response.status)", "duration": "\(milliseconds(since: start)) ms",
                "request_id": .string(identity.requestID), "correlation_id": .string(identity.correlationID),
            ])
        return response
    }

    private func milliseconds(since start: ContinuousClock.Instant) -> Int {
        Int((ContinuousClock.now - start) / .milliseconds(1))
    }
}
