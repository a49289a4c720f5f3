#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What a token says, its signature and times having been checked.
public struct TokenClaims: Sendable, Hashable {
    /// Who it is about (`sub`).
    public let subject: String?
    /// Who issued it (`iss`).
    public let issuer: String?
    /// Whom it is for (`aud`).
    public let audience: [String]
    /// When its time is over (`exp`).
    public let expiresAt: Date
    /// All claims, as a JSON object.
    public let json: [UInt8]

    /// Decodes claims of one's own.
    ///
    /// - Throws: ``TokenError`` (malformed) if they are not of this type; the message shows no values.
    public func decode<Claims: Decodable>(_ type: Claims.Type = Claims.self) throws(TokenError) -> Claims {
        do { return try JSONDecoder().decode(type, from: Data(json)) } catch {
            throw TokenError(.malformed, "The token's claims are not those that are needed here.")
        }
    }
}
