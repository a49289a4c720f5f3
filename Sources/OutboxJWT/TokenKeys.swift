public import OutboxTelemetry

/// The keys that tokens may be signed with. Each is for one algorithm, whatever a token says.
public struct TokenKeys: Sendable {
    let keys: [TokenKey]

    /// The shortest secret, in bytes: that of the digest, as RFC 7518 asks for.
    public static let minimumSecretBytes = 32

    /// A secret that signs and verifies (HS256).
    ///
    /// - Throws: ``TokenError`` (badKeys) if it is shorter than ``minimumSecretBytes``.
    public init(secret: Secret<[UInt8]>) throws(TokenError) {
        keys = [TokenKey(algorithm: .hs256, id: nil, key: try SignatureKey(secret: secret))]
    }

    /// The public keys of a key set (JWKS): RSA of at least 2,048 bits (RS256) and P-256 (ES256).
    ///
    /// Keys for other purposes or algorithms are passed over.
    ///
    /// - Parameter jwks: A JSON object with the member `keys`; at most 256 KiB and 64 keys.
    /// - Throws: ``TokenError`` (badKeys) if it can't be read, holds a private key or a secret, or no key that fits.
    public init(jwks: [UInt8]) throws(TokenError) {
        keys = try KeySet.read(jwks)
    }

    private init(keys: [TokenKey]) { self.keys = keys }

    /// Both.
    public static func + (left: TokenKeys, right: TokenKeys) -> TokenKeys { TokenKeys(keys: left.keys + right.keys) }
}

/// A key with what it may be used for.
struct TokenKey: Sendable {
    let algorithm: SignatureAlgorithm
    let id: String?
    let key: SignatureKey
}

/// How tokens are signed.
enum SignatureAlgorithm: String, Sendable {
    case hs256 = "HS256"
    case rs256 = "RS256"
    case es256 = "ES256"
}
