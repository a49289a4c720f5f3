import FoundationEssentials
import Outbox
import OutboxHTTP
import OutboxJWT
import OutboxTelemetry
import Testing
import Workforce

/// The command service as its clients see it, over a ``WorkforceWorld``.
struct CommandRESTWorld {
    let world: WorkforceWorld
    let router: HTTPRouter
    private let minter: TokenMinter

    /// Hears of every request and its answer.
    @TaskLocal static var recorder: (@Sendable (HTTPRequest, HTTPResponse) -> Void)?

    static func run(_ body: (CommandRESTWorld) async throws -> Void) async throws {
        try await WorkforceWorld.run { world in try await body(CommandRESTWorld(world: world)) }
    }

    init(world: WorkforceWorld) throws {
        self.world = world
        let secret = Secret(Array("a secret of at least thirty-two bytes".utf8))
        minter = try TokenMinter(secret: secret)
        var router = HTTPRouter()
        if let recorder = Self.recorder {
            router.use { request, next in
                let response = try await next(request)
                recorder(request, response)
                return response
            }
        }
        router.addServiceLayers(
            access: AccessControl(
                verifier: TokenVerifier(keys: try TokenKeys(secret: secret)), roles: [.writer, .admin]))
        CommandAPI(service: world.service).addRoutes(to: &router)
        self.router = router
    }

    func token(tenant: String = "acme", roles: Set<Role> = [.writer]) throws -> String {
        let caller = Caller(userID: "ada", tenantID: tenant, roles: roles)
        return try minter.mint(CallerClaims(caller, duration: .seconds(600)))
    }

    /// Sends a request to `/api/v1…` with a good token.
    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, tenant: String = "acme",
        headers: HTTPHeaders = [:]
    ) async throws -> Reply {
        var headers = headers
        headers["Authorization"] = "Bearer \(try token(tenant: tenant))"
        headers["X-Tenant-ID"] = tenant
        if body != nil { headers["Content-Type"] = "application/json" }
        return try await send(method, path, body?.serialized() ?? [], headers: headers)
    }

    /// Sends a request as it is.
    func send(_ method: String, _ path: String, _ body: [UInt8], headers: HTTPHeaders) async throws -> Reply {
        Reply(
            await router.respond(
                to: try HTTPRequest(method: method, target: "/api/v1" + path, headers: headers, body: body)))
    }

    /// What a client gets.
    struct Reply {
        let status: Int
        let headers: HTTPHeaders
        let json: JSONValue

        init(_ response: HTTPResponse) {
            status = response.status.rawValue
            headers = response.headers
            guard case .bytes(let bytes) = response.body, let json = try? JSONValue(parsing: bytes) else {
                Issue.record("the answer is no JSON")
                json = .null
                return
            }
            self.json = json
        }

        var data: JSONValue { json["data"] ?? .null }
        var error: JSONValue { json["error"] ?? .null }
        var code: String? { error["code"]?.stringValue }
        var rule: String? { error["details"]?["ruleId"]?.stringValue }
        var validationErrors: [JSONValue] { error["details"]?["validationErrors"]?.elements ?? [] }
        var severity: String? { validationErrors.first?["severity"]?.stringValue }
        /// The members that are wrong, in their order.
        var fields: [String] { validationErrors.compactMap { $0["field"]?.stringValue } }
        var eventTypes: [String] { data["events"]?.elements.compactMap { $0["eventType"]?.stringValue } ?? [] }
        var sequence: JSONValue? { data["sequence"] }
    }
}

extension JSONValue {
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
