import Outbox
import Servers

/// The tokens that the runbook's requests carry.
final class Tokens {
    let tenant: String
    private let command: HTTPClient
    private let hasSecret: Bool
    private var known: [Scenario.Token: String] = [:]

    /// - Parameters:
    ///   - command: `workforce command`, which may hand out tokens.
    ///   - hasSecret: whether tokens can be made with `WORKFORCE_JWT_SECRET`.
    init(tenant: String, command: HTTPClient, hasSecret: Bool) {
        self.tenant = tenant
        self.command = command
        self.hasSecret = hasSecret
    }

    /// A token for this run's tenant; nil where none is to be sent.
    ///
    /// - Throws: ``ServerError`` when there is no way to get one.
    func token(_ kind: Scenario.Token) async throws -> String? {
        switch kind {
        case .none: return nil
        case .forged:
            // The same claims under another signature.
            guard let token = try await token(.writer) else { return nil }
            let parts = token.split(separator: ".")
            return (parts.dropLast() + [String(repeating: "A", count: 43)[...]]).joined(separator: ".")
        case .reader, .writer:
            if let token = known[kind] { return token }
            let token = hasSecret ? try await make(kind.rawValue) : try await ask(kind.rawValue)
            known[kind] = token
            return token
        }
    }

    private func make(_ role: String) async throws -> String {
        let process = try BuiltTool.workforce.start(
            ["token", "--user", "runbook", "--tenant", tenant, "--role", role, "--duration", "1h"])
        try await process.waitForSuccess(within: .seconds(60))
        return process.output.text.filter { !$0.isWhitespace }
    }

    private func ask(_ role: String) async throws -> String {
        let wish: JSONValue = [
            "userId": "runbook", "tenantId": .string(tenant), "roles": [.string(role)], "duration": "1h",
        ]
        let answer = try await command.post(
            "/auth/dev-token", json: String(decoding: wish.serialized(), as: UTF8.self))
        let json = try? JSONValue(parsing: answer.body)
        guard answer.status == 200, let token = json?.at("data.token")?.stringValue else {
            throw ServerError(
                .unsupported,
                "POST /auth/dev-token answered \(answer.status): set WORKFORCE_JWT_SECRET, or start the service with "
                    + "--dev-auth")
        }
        return token
    }
}
