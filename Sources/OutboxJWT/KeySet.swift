#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a JWKS file (RFC 7517).
enum KeySet {
    private static let maximumBytes = 262_144
    private static let maximumKeys = 64

    private struct Members: Decodable {
        var kty: String
        var kid: String?
        var use: String?
        var alg: String?
        var crv: String?
        var n: String?
        var e: String?
        var x: String?
        var y: String?
        var d: String?
        var k: String?
    }

    private struct Document: Decodable {
        var keys: [Members]
    }

    /// The members of a public key, and no others, for the C library.
    private struct PublicKey: Encodable {
        var kty: String
        var crv: String?
        var n: String?
        var e: String?
        var x: String?
        var y: String?
    }

    static func read(_ bytes: [UInt8]) throws(TokenError) -> [TokenKey] {
        guard bytes.count <= maximumBytes else {
            throw TokenError(.badKeys, "The key set is larger than \(maximumBytes) bytes.")
        }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
            throw TokenError(.badKeys, "The key set is not a JSON object with a list \"keys\" of keys.")
        }
        guard document.keys.count <= maximumKeys else {
            throw TokenError(.badKeys, "The key set has more than \(maximumKeys) keys.")
        }
        var keys: [TokenKey] = []
        for (index, members) in document.keys.enumerated() {
            if let key = try read(members, name: members.kid ?? "\(index)") { keys.append(key) }
        }
        guard !keys.isEmpty else {
            throw TokenError(.badKeys, "The key set has no key for RS256 (RSA) or ES256 (P-256).")
        }
        return keys
    }

    private static func read(_ members: Members, name: String) throws(TokenError) -> TokenKey? {
        guard members.d == nil, members.k == nil else {
            throw TokenError(.badKeys, "Key \"\(name)\" is private: give public keys only.")
        }
        let algorithm: SignatureAlgorithm
        switch (members.kty, members.crv) {
        case ("RSA", _): algorithm = .rs256
        case ("EC", "P-256"): algorithm = .es256
        default: return nil
        }
        guard members.use ?? "sig" == "sig", members.alg ?? algorithm.rawValue == algorithm.rawValue else { return nil }
        let key = PublicKey(
            kty: members.kty, crv: members.crv, n: members.n, e: members.e, x: members.x, y: members.y)
        guard let json = try? JSONEncoder().encode(key), let imported = SignatureKey(jwk: Array(json)) else {
            throw TokenError(.badKeys, "Key \"\(name)\" is not a valid \(members.kty) key.")
        }
        guard algorithm != .rs256 || imported.bits >= 2_048 else {
            throw TokenError(.badKeys, "Key \"\(name)\" has \(imported.bits) bits: an RSA key needs 2048.")
        }
        return TokenKey(algorithm: algorithm, id: members.kid, key: imported)
    }
}
