public import OutboxHTTP

/// An error as the services answer it, in the envelope of all answers.
public struct ServiceError: Error, Sendable {
    public var status: HTTPStatus
    /// For programs, e.g. `POS_HEADCOUNT_EXCEEDED`.
    public var code: String
    /// For people: what is wrong and what to do.
    public var message: String
    /// The rules that were broken, the first one first; each is a validation error in the answer.
    public var violations: [RuleViolation]
    /// Header fields for the answer.
    public var headers: HTTPHeaders

    public init(
        _ status: HTTPStatus, code: String, message: String, violations: [RuleViolation] = [],
        headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.violations = violations
        self.headers = headers
    }

    /// An error that is nothing but a status and a message.
    init(_ error: HTTPError) {
        self.init(error.status, code: Self.code(of: error.status), message: error.message)
    }

    /// 401, asking for a token.
    ///
    /// - Parameter isInvalid: Whether a token was given, but is no good.
    public static func unauthorized(_ message: String, isInvalid: Bool = false) -> ServiceError {
        let challenge = isInvalid ? "Bearer realm=\"workforce\", error=\"invalid_token\"" : "Bearer realm=\"workforce\""
        return ServiceError(
            .unauthorized, code: "UNAUTHORIZED", message: message, headers: ["WWW-Authenticate": challenge])
    }

    /// 403.
    public static func forbidden(_ message: String, code: String = "FORBIDDEN") -> ServiceError {
        ServiceError(.forbidden, code: code, message: message)
    }

    private static func code(of status: HTTPStatus) -> String {
        switch status {
        case .badRequest: "BAD_REQUEST"
        case .unauthorized: "UNAUTHORIZED"
        case .forbidden: "FORBIDDEN"
        case .notFound: "NOT_FOUND"
        case .methodNotAllowed: "METHOD_NOT_ALLOWED"
        case .contentTooLarge: "CONTENT_TOO_LARGE"
        case .unsupportedMediaType: "UNSUPPORTED_MEDIA_TYPE"
        case .serviceUnavailable: "UNAVAILABLE"
        case .gatewayTimeout: "TIMEOUT"
        case .internalServerError: "INTERNAL_ERROR"
        default: "HTTP_\(status)"
        }
    }
}

/// An error of the domain that the services know how to answer.
public protocol ServiceErrorConvertible: Error {
    var serviceError: ServiceError { get }
}

extension ServiceError: ServiceErrorConvertible {
    public var serviceError: ServiceError { self }
}
