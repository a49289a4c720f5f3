import FoundationEssentials
import OutboxCommandLine
import OutboxJWT
import OutboxTelemetry
import Workforce

/// Who may use the services: what `workforce command` and `workforce query` have in common.
enum AccessSettings {
    static let secret = Setting(
        "WORKFORCE_JWT_SECRET",
        ValueParser<Secret<[UInt8]>>(
            valueName: "text", allowed: "a text of at least \(TokenKeys.minimumSecretBytes) bytes"
        ) { $0.utf8.count >= TokenKeys.minimumSecretBytes ? Secret(Array($0.utf8)) : nil },
        help: "the secret that tokens are signed with (HS256)", redact: { _ in LogRedaction.mask })
    static let jwks = Setting(
        "WORKFORCE_JWT_JWKS", .text("file"),
        help: "a file with the public keys that tokens are signed with (RS256, ES256)")
    static let issuer = Setting(
        "WORKFORCE_JWT_ISSUER", .text("url"), help: "what a token's iss must be; any if not set")
    static let audience = Setting(
        "WORKFORCE_JWT_AUDIENCE", .text("name"), help: "what must be in a token's aud; any if not set")

    /// Opens `POST /auth/dev-token` to all.
    static let devAuth = Flag(
        "dev-auth", help: "give a token to whoever asks at POST /auth/dev-token; for development only")

    /// For a service's command; ``devAuth`` is its option.
    static let definitions = [secret.definition, jwks.definition, issuer.definition, audience.definition]

    /// What the settings say about access.
    ///
    /// - Throws: ``UsageError`` if no keys are set, or they can't be used.
    static func access(_ invocation: Invocation, logger: Logger) throws(UsageError) -> Access {
        var secret = invocation[secret]
        if invocation[devAuth] {
            logger.warning("Whoever asks gets a token (--dev-auth)")
            // Good for this process only.
            secret = secret ?? Secret((0..<TokenKeys.minimumSecretBytes).map { _ in UInt8.random(in: .min ... .max) })
        }
        let issuer = invocation[issuer]
        let audience = invocation[audience]
        do {
            let keys = [try secret.map { try TokenKeys(secret: $0) }, try invocation[jwks].map(readKeys)]
                .compactMap { $0 }
            guard let first = keys.first else {
                throw UsageError("set WORKFORCE_JWT_SECRET, WORKFORCE_JWT_JWKS, or both, or give --dev-auth")
            }
            let verifier = TokenVerifier(
                keys: keys.dropFirst().reduce(first, +), issuer: issuer, audience: audience)
            let devTokens = try secret.map {
                DevTokens(minter: try TokenMinter(secret: $0), issuer: issuer, audience: audience)
            }
            return Access(verifier: verifier, devTokens: invocation[devAuth] ? devTokens : nil)
        } catch let error as UsageError {
            throw error
        } catch {
            throw UsageError("\(error)")
        }
    }

    private static func readKeys(_ path: String) throws -> TokenKeys {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw UsageError("WORKFORCE_JWT_JWKS is \"\(path)\": that file can't be read")
        }
        do { return try TokenKeys(jwks: Array(data)) } catch {
            throw UsageError("WORKFORCE_JWT_JWKS is \"\(path)\": \(error.message)")
        }
    }
}
