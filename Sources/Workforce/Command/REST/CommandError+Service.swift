import OutboxHTTP

extension CommandError: ServiceErrorConvertible {
    /// 404 for what does not exist, 400 else; code, rule and severity are those of the first violation.
    public var serviceError: ServiceError {
        ServiceError(kind == .notFound ? .notFound : .badRequest, code: code, message: message, violations: violations)
    }
}
