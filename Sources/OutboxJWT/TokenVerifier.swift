#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Checks signed tokens (JWT, RFC 7519) and reads their claims.
///
/// A key decides how a token must be signed, never the token: `none`, a public key used as a secret, and every other
/// algorithm are refused, and so is a token with `crit`, of more than ``maximumTokenBytes``, or without `exp`. Keys that
/// a token brings along or points to (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
///
/// ```swift
/// let verifier = TokenVerifier(keys: try TokenKeys(secret: Secret(bytes)), audience: "workforce")
/// let claims = try verifier.verify(token)
/// ```
///
/// The signatures are checked by libcjose over OpenSSL. Of the libraries that Debian keeps it is the small one that does
/// all of this: libjwt 1.10 knows no key sets and takes a public key for a secret if the token says so; librhonabwy
/// brings GnuTLS and systemd's library along, and can fetch keys over the network from where a token says.
public struct TokenVerifier: Sendable {
    /// The longest token.
    public static let maximumTokenBytes = 8_192

    private let keys: TokenKeys
    private let issuer: String?
    private let audience: String?
    private let leeway: Duration
    private let now: @Sendable () -> Date

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - issuer: What `iss` must be; nil takes any.
    ///   - audience: What must be in `aud`; nil takes any.
    ///   - leeway: How far clocks may differ.
    ///   - now: The time.
    public init(
        keys: TokenKeys, issuer: String? = nil, audience: String? = nil, leeway: Duration = .seconds(30),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
        self.leeway = leeway
        self.now = now
    }

    /// Checks a token in compact form.
    ///
    /// - Throws: ``TokenError``, which says why it is not accepted.
    public func verify(_ token: String) throws(TokenError) -> TokenClaims {
        guard token.utf8.count <= Self.maximumTokenBytes else {
            throw TokenError(.malformed, "The token is longer than \(Self.maximumTokenBytes) bytes.")
        }
        guard let signed = SignedToken(token) else {
            throw TokenError(.malformed, "The token is not a signed JWT.")
        }
        try checkSignature(of: signed)
        let json = signed.claims
        guard let claims = try? JSONDecoder().decode(RegisteredClaims.self, from: Data(json)) else {
            throw TokenError(.malformed, "The token's claims are not valid.")
        }
        let expiry = try checkTimes(claims)
        try checkParties(claims)
        return TokenClaims(
            subject: claims.sub, issuer: claims.iss, audience: claims.aud?.names ?? [], expiresAt: expiry, json: json)
    }

    private func checkSignature(of token: borrowing SignedToken) throws(TokenError) {
        guard let algorithm = token.header("alg").flatMap(SignatureAlgorithm.init) else {
            throw TokenError(.unsupportedAlgorithm, "The token must be signed by HS256, RS256 or ES256.")
        }
        guard !token.hasHeader("crit") else {
            throw TokenError(.unsupportedAlgorithm, "The token asks for extensions (crit) that are not known here.")
        }
        let usable = keys.keys.filter { $0.algorithm == algorithm }
        guard !usable.isEmpty else {
            throw TokenError(.unsupportedAlgorithm, "Tokens signed by \(algorithm.rawValue) are not accepted here.")
        }
        let id = token.header("kid")
        let candidates = usable.filter { $0.id == nil || id == nil || $0.id == id }
        guard !candidates.isEmpty else {
            throw TokenError(.unknownKey, "The token is signed by a key that is not known here.")
        }
        guard candidates.contains(where: { token.isSigned(by: $0.key) }) else {
            throw TokenError(.wrongSignature, "The token's signature is wrong.")
        }
    }

    private func checkTimes(_ claims: RegisteredClaims) throws(TokenError) -> Date {
        let now = now().timeIntervalSince1970
        let leeway = leeway / .seconds(1)
        guard let expiry = claims.exp else {
            throw TokenError(.malformed, "The token says not when it expires (exp).")
        }
        guard expiry + leeway > now else { throw TokenError(.expired, "The token has expired.") }
        guard claims.nbf ?? 0 <= now + leeway else { throw TokenError(.notYetValid, "The token is not valid yet.") }
        return Date(timeIntervalSince1970: expiry)
    }

    private func checkParties(_ claims: RegisteredClaims) throws(TokenError) {
        if let issuer, claims.iss != issuer {
            throw TokenError(.wrongIssuer, "The token is from an issuer that is not trusted here.")
        }
        if let audience, claims.aud?.names.contains(audience) != true {
            throw TokenError(.wrongAudience, "The token is meant for others.")
        }
    }
}
