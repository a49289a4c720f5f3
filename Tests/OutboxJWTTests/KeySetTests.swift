import OutboxJWT
import OutboxTelemetry
import Testing

@Suite struct KeySetTests {
    private func keys() throws -> TokenKeys { try TokenKeys(jwks: Array(ForeignTokens.jwks.utf8)) }

    private func code(of token: String, _ keys: TokenKeys) -> TokenError.Code? {
        do {
            _ = try TokenVerifier(keys: keys).verify(token)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "Another implementation's tokens are verified by a key set",
        arguments: [ForeignTokens.rs256, ForeignTokens.rs256WithoutKeyID, ForeignTokens.es256])
    func foreign(token: String) throws {
        let verifier = TokenVerifier(keys: try keys(), issuer: "https://issuer.test", audience: "workforce")
        #expect(try verifier.verify(token).subject == "ada")
    }

    @Test("A verifier serves many tasks at once")
    func concurrency() async throws {
        let secret = Secret([UInt8](repeating: 1, count: 32))
        let verifier = TokenVerifier(keys: try keys() + TokenKeys(secret: secret))
        let own = try TokenMinter(secret: secret).mint(["exp": 4_102_444_800])
        try await withThrowingTaskGroup { group in
            for token in [ForeignTokens.rs256, ForeignTokens.es256, own, ForeignTokens.rs256, own] {
                group.addTask { for _ in 0..<50 { _ = try verifier.verify(token) } }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        "Other algorithms and other keys are refused",
        arguments: [
            (ForeignTokens.rs512, .unsupportedAlgorithm), (ForeignTokens.ps256, .unsupportedAlgorithm),
            (ForeignTokens.es384, .unsupportedAlgorithm), (ForeignTokens.otherKey, .wrongSignature),
            (ForeignTokens.unknownKeyID, .unknownKey), (ForeignTokens.publicKeyAsSecret, .unsupportedAlgorithm),
        ] as [(String, TokenError.Code)])
    func refused(token: String, expected: TokenError.Code) throws {
        #expect(code(of: token, try keys()) == expected)
    }

    @Test("A public key is no secret, also where there is one too")
    func confusion() throws {
        let secret = try TokenKeys(secret: Secret([UInt8](repeating: 1, count: 32)))
        #expect(code(of: ForeignTokens.publicKeyAsSecret, try keys() + secret) == .wrongSignature)
        #expect(code(of: ForeignTokens.rs256, try keys() + secret) == nil)
        #expect(code(of: ForeignTokens.rs256, secret) == .unsupportedAlgorithm)
    }

    @Test(
        "Key sets that can't be used are refused, and the key is named",
        arguments: [
            ("", "JSON"), ("[]", "JSON"), (#"{"keys":[]}"#, "no key"),
            (#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "private"),
            (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#, "no key"), (#"{"keys":[{"kty":"RSA"}]}"#, "\"0\""),
            (#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"tiny"}]}"#, "\"tiny\""),
            (#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"off"}]}"#, "\"off\""),
            (#"{"keys":[{"kty":"EC","crv":"P-256","x":"!","y":"!","kid":"bad"}]}"#, "\"bad\""),
            (ForeignTokens.weakKeys, "\"weak\""), (ForeignTokens.privateKeys, "\"private\""),
            (String(repeating: " ", count: 262_145), "262144"),
        ])
    func unusable(jwks: String, message: String) {
        #expect {
            try TokenKeys(jwks: Array(jwks.utf8))
        } throws: { error in
            guard let error = error as? TokenError else { return false }
            return error.code == .badKeys && error.message.contains(message)
        }
    }
}
