import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox
import OutboxHTTP
import OutboxTelemetry
import QueryCache
import Workforce

/// A query service without a port, on a read model to which a test applies what its commands wrote.
struct QueryWorld {
    let world: WorkforceWorld
    let cache: PostgresQueryCache
    let metrics = MetricsRegistry()
    private let router: HTTPRouter

    static func run(
        minimumSequenceTimeout: Duration = .seconds(60), _ body: (QueryWorld) async throws -> Void
    ) async throws {
        try await WorkforceWorld.run { world in
            try await world.pool.withConnection { connection in
                _ = try await IdempotentConsumer.migrations.apply(on: connection)
                _ = try await PostgresQueryCache.migrations.apply(on: connection)
            }
            try await body(try QueryWorld(world, minimumSequenceTimeout))
        }
    }

    private init(_ world: WorkforceWorld, _ timeout: Duration) throws {
        self.world = world
        cache = PostgresQueryCache(pool: world.pool, timeToLive: CachedQueries.timeToLive)
        var router = HTTPRouter()
        try QueryAPI(
            pool: world.pool, cache: MeteredQueryCache(cache, registry: metrics), minimumSequenceTimeout: timeout,
            metrics: metrics
        ).addRoutes(to: &router)
        self.router = router
    }

    func catchUp() async throws { try await world.apply(try await world.received()) }

    /// Asks for a document that must be answered without errors.
    ///
    /// - Returns: the member `data`.
    func data(_ query: String, tenant: String = "acme", minimum: String? = nil) async throws -> JSONValue {
        let (status, answer) = try await ask(query, tenant: tenant, minimum: minimum)
        guard status == .ok, answer["errors"] == nil, let data = answer["data"] else {
            throw UnexpectedAnswer(status: status, text: String(decoding: answer.serialized(), as: UTF8.self))
        }
        return data
    }

    func ask(
        _ query: String, variables: JSONValue = .object([:]), tenant: String = "acme", minimum: String? = nil
    ) async throws -> (HTTPStatus, JSONValue) {
        let body = JSONValue.object(["query": .string(query), "variables": variables]).serialized()
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        headers[QueryAPI.minimumSequenceHeader] = minimum
        let response = try await respond("POST", "/graphql", headers: headers, body: body, tenant: tenant)
        return (response.status, try JSONValue(parsing: response.bytes))
    }

    func respond(
        _ method: String, _ target: String, headers: HTTPHeaders = [:], body: [UInt8] = [], tenant: String? = "acme"
    ) async throws -> HTTPResponse {
        var request = try HTTPRequest(method: method, target: target, headers: headers, body: body)
        request.context[Caller.self] = tenant.map { Caller(userID: "tester", tenantID: $0, roles: [.reader]) }
        return await router.respond(to: request)
    }
}

struct UnexpectedAnswer: Error {
    let status: HTTPStatus
    let text: String
}

extension HTTPResponse {
    var bytes: [UInt8] {
        guard case .bytes(let bytes) = body else { return [] }
        return bytes
    }
}
