public import OutboxHTTP
public import OutboxJWT

/// Lets a request through whose token is good, for the caller's own tenant and roles only.
///
/// All paths need a token but those that are named as open, also paths that don't exist. A token comes as
/// `Authorization: Bearer …`. Where `X-Tenant-ID` is given it must be the token's tenant; it selects nothing: a caller
/// never sees another tenant than their token's.
public struct AccessControl: Sendable {
    public static let tenantHeader = "X-Tenant-ID"

    /// What needs no token: it holds no tenant's data.
    public static let openPatterns: Set<String> = [
        "/", "/health", "/livez", "/readyz", "/metrics", "/openapi.json", "/schema.graphql", DevTokens.path,
    ]

    private let verifier: TokenVerifier
    private let roles: Set<Role>
    private let openPatterns: Set<String>

    /// - Parameters:
    ///   - roles: Of these a caller needs one.
    ///   - openPatterns: Patterns of routes that need no token.
    public init(
        verifier: TokenVerifier, roles: Set<Role>, openPatterns: Set<String> = AccessControl.openPatterns
    ) {
        self.verifier = verifier
        self.roles = roles
        self.openPatterns = openPatterns
    }

    /// For ``HTTPRouter/use(_:)``: handlers get their caller by ``OutboxHTTP/HTTPRequest/caller()``.
    public func respond(
        to request: HTTPRequest, _ next: HTTPRouter.Handler
    ) async throws -> HTTPResponse {
        if let pattern = request.routePattern, openPatterns.contains(pattern) { return try await next(request) }
        var request = request
        request.context[Caller.self] = try caller(of: request)
        return try await next(request)
    }

    private func caller(of request: HTTPRequest) throws(ServiceError) -> Caller {
        let token = try Self.token(request.headers.values("Authorization"))
        let caller: Caller?
        do throws(TokenError) {
            caller = try verifier.verify(token).decode(CallerClaims.self).caller
        } catch {
            throw .unauthorized(error.message, isInvalid: true)
        }
        guard let caller else {
            throw .unauthorized("The token's sub or tenant_id is not valid.", isInvalid: true)
        }
        guard request.headers.values(Self.tenantHeader).allSatisfy({ $0 == caller.tenantID }) else {
            throw .forbidden("The token is for another tenant than X-Tenant-ID.", code: "TENANT_MISMATCH")
        }
        guard !roles.isDisjoint(with: caller.roles) else {
            let names = Role.allCases.filter(roles.contains).map(\.rawValue).joined(separator: " or ")
            throw .forbidden("This needs the role \(names).", code: "ROLE_MISSING")
        }
        return caller
    }

    private static func token(_ values: [String]) throws(ServiceError) -> String {
        guard let value = values.first else { throw .unauthorized("Send a token: Authorization: Bearer …") }
        let parts = value.split(separator: " ")
        guard values.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw .unauthorized("Send one token: Authorization: Bearer …", isInvalid: true)
        }
        return String(parts[1])
    }
}
