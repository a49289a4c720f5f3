import OutboxHTTP
public import OutboxJWT

/// Tokens for whoever asks: for development only.
public struct DevTokens: Sendable {
    /// Where ``addRoute(to:)`` answers.
    public static let path = "/auth/dev-token"

    private let minter: TokenMinter
    private let issuer: String?
    private let audience: String?

    /// - Parameters:
    ///   - issuer: What the services' verifiers ask for; so is `audience`.
    public init(minter: TokenMinter, issuer: String? = nil, audience: String? = nil) {
        self.minter = minter
        self.issuer = issuer
        self.audience = audience
    }

    /// A token for a caller.
    ///
    /// - Throws: ``ServiceError`` with status 400 if user, tenant or duration are not valid.
    public func token(for caller: Caller, duration: Duration) throws -> String {
        var check = InputCheck()
        check.require(CallerClaims.isUser(caller.userID), "userId", "must be 1 to 128 characters without controls")
        check.require(
            Identifiers.isTenant(caller.tenantID), "tenantId",
            "must be 1 to 64 letters, digits, dots, underscores or hyphens, and begin with a letter or digit")
        check.require(!caller.roles.isEmpty, "roles", "must be some of \(Self.roleNames)")
        check.require(
            duration >= .seconds(1) && duration <= Self.longest, "duration", "must be 1 second to 30 days")
        if let first = check.violations.first {
            throw ServiceError(.badRequest, code: first.code, message: first.message, violations: check.violations)
        }
        return try minter.mint(CallerClaims(caller, duration: duration, issuer: issuer, audience: audience))
    }

    private static let longest: Duration = .seconds(30 * 86_400)
    private static let roleNames = Role.allCases.map(\.rawValue).joined(separator: ", ")
}
