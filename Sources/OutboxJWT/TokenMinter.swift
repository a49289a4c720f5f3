#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import OutboxTelemetry

/// Signs tokens with a secret (HS256): for development and for tests.
public struct TokenMinter: Sendable {
    private let key: SignatureKey

    /// Makes a minter.
    ///
    /// - Throws: ``TokenError`` (badKeys) if the secret is shorter than ``TokenKeys/minimumSecretBytes``.
    public init(secret: Secret<[UInt8]>) throws(TokenError) { key = try SignatureKey(secret: secret) }

    /// Signs claims.
    ///
    /// - Parameter claims: Encodes as a JSON object; must have `exp` for a ``TokenVerifier`` to take it.
    /// - Throws: ``TokenError`` (malformed) if the claims can't be encoded.
    public func mint(_ claims: some Encodable) throws(TokenError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(claims) else {
            throw TokenError(.malformed, "The claims can't be encoded.")
        }
        return try mint(json: Array(json))
    }

    /// Signs claims that are JSON already.
    func mint(json: [UInt8]) throws(TokenError) -> String {
        guard let token = SignedToken.sign(json, algorithm: .hs256, by: key)?.text else {
            throw TokenError(.malformed, "The claims can't be signed.")
        }
        return token
    }
}
