import Foundation
import OutboxTelemetry
import Testing

@testable import OutboxJWT

@Suite struct TokenVerifierTests {
    private struct Claims: Encodable {
        var sub: String? = "ada"
        var iss: String? = "https://issuer.test"
        var aud: String? = "workforce"
        var exp: Double? = 1_000_600
        var nbf: Double?
    }

    private static let secret = Secret(Array("a secret of thirty-two bytes, or more".utf8))
    private let now = Date(timeIntervalSince1970: 1_000_000)

    private func verifier(issuer: String? = nil, audience: String? = nil) throws -> TokenVerifier {
        TokenVerifier(keys: try TokenKeys(secret: Self.secret), issuer: issuer, audience: audience) { [now] in now }
    }

    private func mint(_ claims: some Encodable) throws -> String {
        try TokenMinter(secret: Self.secret).mint(claims)
    }

    private func code(_ verify: () throws -> TokenClaims) -> TokenError.Code? {
        do {
            _ = try verify()
            return nil
        } catch {
            return (error as? TokenError)?.code
        }
    }

    @Test("What is minted is verified, and its claims are read")
    func roundTrip() throws {
        let claims = try verifier(issuer: "https://issuer.test", audience: "workforce").verify(mint(Claims()))
        #expect(claims.subject == "ada")
        #expect(claims.audience == ["workforce"])
        #expect(claims.expiresAt == Date(timeIntervalSince1970: 1_000_600))
        #expect(throws: TokenError.self) { try claims.decode([String: Double].self) }
    }

    @Test(
        "Times are kept to, but for the leeway",
        arguments: [
            (999_969, nil, .expired), (999_970, nil, .expired), (999_971, nil, nil), (-1, nil, .expired),
            (1_000_600, 1_000_030, nil), (1_000_600, 1_000_031, .notYetValid), (1e300, nil, nil),
            (nil, nil, .malformed),
        ] as [(Double?, Double?, TokenError.Code?)])
    func times(exp: Double?, nbf: Double?, expected: TokenError.Code?) throws {
        let token = try mint(Claims(exp: exp, nbf: nbf))
        #expect(code { try verifier().verify(token) } == expected)
    }

    @Test("Issuer and audience must be those that are asked for")
    func parties() throws {
        let token = try mint(Claims())
        #expect(code { try verifier(issuer: "https://other.test").verify(token) } == .wrongIssuer)
        #expect(code { try verifier(audience: "other").verify(token) } == .wrongAudience)
        let bare = try mint(Claims(iss: nil, aud: nil))
        #expect(code { try verifier(issuer: "https://issuer.test").verify(bare) } == .wrongIssuer)
        #expect(code { try verifier(audience: "workforce").verify(bare) } == .wrongAudience)
        #expect(code { try verifier().verify(bare) } == nil)
    }

    @Test("A token that was changed anywhere is refused")
    func tampering() throws {
        let token = try mint(Claims())
        let parts = token.split(separator: ".").map(String.init)
        let other = try TokenMinter(secret: Secret([UInt8](repeating: 7, count: 32))).mint(Claims(sub: "eve"))
        let foreign = other.split(separator: ".").map(String.init)
        #expect(code { try verifier().verify(other) } == .wrongSignature)
        #expect(code { try verifier().verify("\(parts[0]).\(foreign[1]).\(parts[2])") } == .wrongSignature)
        #expect(code { try verifier().verify("\(parts[0]).\(parts[1]).\(foreign[2])") } == .wrongSignature)
        #expect(code { try verifier().verify("\(parts[0]).\(parts[1]).") } != nil)
        for index in [0, parts[0].count + 1, parts[0].count + parts[1].count + 2] {
            var bytes = Array(token.utf8)
            bytes[index] ^= 1
            #expect(code { try verifier().verify(String(decoding: bytes, as: UTF8.self)) } != nil)
        }
    }

    @Test(
        "Headers that ask for anything else than the key is for are refused",
        arguments: [
            (#"{"alg":"none"}"#, nil), (#"{"alg":"None"}"#, nil), (#"{"alg":""}"#, nil), (#"{}"#, nil),
            (#"{"alg":"HS512"}"#, .unsupportedAlgorithm), (#"{"alg":"RS256"}"#, .unsupportedAlgorithm),
            (#"{"alg":"HS256","crit":["exp"]}"#, .unsupportedAlgorithm),
            (#"{"alg":"HS256","crit":[]}"#, .unsupportedAlgorithm),
            (#"{"alg":["HS256"]}"#, nil), (#"{"alg":null}"#, nil), (#"["HS256"]"#, nil), ("", nil),
            (#"{"alg":"HS256""#, nil),
        ] as [(String, TokenError.Code?)])
    func headers(header: String, expected: TokenError.Code?) throws {
        let parts = try mint(Claims()).split(separator: ".").map(String.init)
        let encoded = Data(header.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
        for signature in ["", parts[2]] {
            let refusal = code { try verifier().verify("\(encoded).\(parts[1]).\(signature)") }
            #expect(refusal != nil)
            if let expected, !signature.isEmpty { #expect(refusal == expected) }
        }
    }

    @Test(
        "What is no token is refused",
        arguments: [
            "", ".", "..", "a.b", "a.b.c", "a.b.c.d.e", "....", "\u{0}", "🙂.🙂.🙂", "eyJhbGciOiJIUzI1NiJ9",
            String(repeating: "a.", count: 4_000), String(repeating: "[", count: 8_000),
        ])
    func malformed(token: String) throws {
        #expect(code { try verifier().verify(token) } == .malformed)
    }

    @Test("A token over the limit is refused, whatever it says")
    func tooLong() throws {
        let token = try mint(Claims(sub: String(repeating: "a", count: TokenVerifier.maximumTokenBytes)))
        #expect(code { try verifier().verify(token) } == .malformed)
    }

    @Test(
        "Claims of wrong types are refused",
        arguments: [
            #"{"exp":"1000600"}"#, #"{"exp":true}"#, #"{"exp":null}"#, #"{"exp":1000600,"sub":1}"#,
            #"{"exp":1000600,"aud":{}}"#, #"{"exp":1000600,"nbf":"x"}"#, "[]", "1", #""exp""#,
        ])
    func wrongTypes(claims: String) throws {
        #expect(
            code { try verifier().verify(TokenMinter(secret: Self.secret).mint(json: Array(claims.utf8))) }
                == .malformed)
    }

    @Test("A short secret is refused, and never shown")
    func shortSecret() {
        #expect {
            try TokenKeys(secret: Secret(Array("hunter2".utf8)))
        } throws: {
            ($0 as? TokenError)?.code == .badKeys && !"\($0)".contains("hunter2")
        }
    }
}
