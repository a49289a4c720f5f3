public import FoundationEssentials
import OutboxJWT

/// A token's claims about its caller.
public struct CallerClaims: Codable, Sendable {
    public var sub: String
    public var tenant_id: String
    /// Roles that are not known here are passed over.
    public var roles: [String]
    /// Seconds since 1970.
    public var iat: Int?
    public var exp: Int?
    public var iss: String?
    public var aud: String?

    /// Claims for a token of a caller.
    ///
    /// - Parameters:
    ///   - duration: How long the token is good for, from `now` on.
    ///   - issuer: For verifiers that ask for one; so is `audience`.
    public init(
        _ caller: Caller, duration: Duration, now: Date = Date(), issuer: String? = nil, audience: String? = nil
    ) {
        sub = caller.userID
        tenant_id = caller.tenantID
        roles = caller.roles.map(\.rawValue).sorted()
        iat = Int(now.timeIntervalSince1970)
        exp = Int(now.timeIntervalSince1970) + Int(duration.components.seconds)
        iss = issuer
        aud = audience
    }

    /// The caller; nil if user or tenant are not what they must look like.
    var caller: Caller? {
        guard Self.isUser(sub), Identifiers.isTenant(tenant_id) else { return nil }
        return Caller(userID: sub, tenantID: tenant_id, roles: Set(roles.compactMap(Role.init)))
    }

    /// 1 to 128 characters, none of them a control character.
    static func isUser(_ text: String) -> Bool {
        (1...128).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
