extension HTTPRouter {
    /// Adds `/livez` (restart me if this fails), `/readyz` (progress is possible) and `/health` (both together).
    ///
    /// They answer 200, or 503 if a check fails, with the checks as JSON. A check that takes longer than
    /// ``HTTPServerLimits/handlerTimeout`` is answered with 503 as well.
    public mutating func addHealth(
        live: @escaping @Sendable () async -> HealthReport = { HealthReport() },
        ready: @escaping @Sendable () async -> HealthReport
    ) {
        get("/livez") { _ in try await live().response() }
        get("/readyz") { _ in try await ready().response() }
        get("/health") { _ in
            async let readiness = ready()
            return try await HealthReport(live().checks + readiness.checks).response()
        }
    }
}
