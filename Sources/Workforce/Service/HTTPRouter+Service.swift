public import OutboxHTTP
public import OutboxTelemetry

extension HTTPRouter {
    /// Puts around all routes what the services have in common: a request's ids in every answer, a line in the log,
    /// access control, and one envelope for all errors.
    ///
    /// - Parameter logger: Gets a line for every request: at debug for what needs no token, at info else.
    public mutating func addServiceLayers(
        access: AccessControl, logger: Logger = Logger(label: "workforce.http")
    ) {
        onFailure { error, request in .envelope(error: ServiceError(describing: error), for: request) }
        let log = RequestLog(logger: logger)
        use { request, next in
            var response = try await log.respond(to: request, next)
            request.identity.mark(&response)
            return response
        }
        use { request, next in try await access.respond(to: request, next) }
    }
}
