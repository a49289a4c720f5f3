import Foundation
import OutboxHTTP
import OutboxJWT
import OutboxTelemetry
import Workforce

/// A service's router as the commands put it together, with a route that says who the caller is.
struct ServiceFixture {
    static let secret = Secret([UInt8](repeating: 1, count: TokenKeys.minimumSecretBytes))

    let router: HTTPRouter
    let tokens: DevTokens

    init(roles: Set<Role> = [.writer, .admin], add: (inout HTTPRouter) -> Void = { _ in }) throws {
        tokens = DevTokens(minter: try TokenMinter(secret: Self.secret))
        let verifier = TokenVerifier(keys: try TokenKeys(secret: Self.secret))
        var router = HTTPRouter()
        router.addServiceLayers(
            access: AccessControl(verifier: verifier, roles: roles),
            logger: Logger(label: "test", handler: SilentHandler()))
        router.get("/health") { _ in .text("well") }
        router.post("/who") { request in
            let caller = try request.caller()
            return try .envelope(
                ["user": caller.userID, "tenant": caller.tenantID], message: "Here you are", status: .created,
                for: request)
        }
        tokens.addRoute(to: &router)
        add(&router)
        self.router = router
    }

    func token(tenant: String = "acme", roles: Set<Role> = [.writer]) throws -> String {
        try tokens.token(for: Caller(userID: "ada", tenantID: tenant, roles: roles), duration: .seconds(600))
    }

    func answer(
        _ method: String = "POST", _ target: String = "/who", headers: HTTPHeaders = [:], body: String = ""
    ) async throws -> Answer {
        Answer(
            await router.respond(
                to: try HTTPRequest(method: method, target: target, headers: headers, body: Array(body.utf8))))
    }

    /// An answer with the token of a writer.
    func authorized(_ headers: HTTPHeaders = [:], token: String? = nil) async throws -> Answer {
        var headers = headers
        headers["Authorization"] = "Bearer \(try token ?? self.token())"
        return try await answer(headers: headers)
    }

    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let json: [String: any Sendable]

        init(_ response: HTTPResponse) {
            status = response.status.rawValue
            headers = response.headers
            guard case .bytes(let bytes) = response.body else {
                json = [:]
                return
            }
            json = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: any Sendable] ?? [:]
        }

        var error: [String: any Sendable] { json["error"] as? [String: any Sendable] ?? [:] }
        var data: [String: any Sendable] { json["data"] as? [String: any Sendable] ?? [:] }
        var code: String? { error["code"] as? String }
    }
}

private struct SilentHandler: LogHandler {
    var level = Logger.Level.critical
    var metadata: Logger.Metadata = [:]
    func log(_ record: LogRecord) {}
}
