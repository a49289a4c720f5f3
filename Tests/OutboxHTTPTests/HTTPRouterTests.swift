import Foundation
import OutboxHTTP
import OutboxTelemetry
import Synchronization
import Testing

@Suite struct HTTPRouterTests {
    private func router() -> HTTPRouter {
        var router = HTTPRouter()
        router.get("/positions/{code}") { .text("one \(try $0.parameter("code")) \($0.routePattern ?? "")") }
        router.get("/positions/new") { _ in .text("new") }
        router.post("/positions/{code}") { _ in HTTPResponse(.created) }
        router.delete("/positions/{code}/assignments/{id}") {
            .text("\(try $0.parameter("code")) \(try $0.parameter("id"))")
        }
        return router
    }

    private func text(_ method: String, _ target: String) async throws -> String {
        guard case .bytes(let bytes) = try await router().respond(to: HTTPRequest(method: method, target: target)).body
        else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Routes are found by method and path; literals win over parameters")
    func routes() async throws {
        #expect(try await text("GET", "/positions/P1?x=1") == "one P1 /positions/{code}")
        #expect(try await text("GET", "/positions/a%2Fb") == "one a/b /positions/{code}")
        #expect(try await text("HEAD", "/positions/P1") == "one P1 /positions/{code}")
        #expect(try await text("GET", "/positions/new") == "new")
        #expect(try await text("DELETE", "/positions/P1/assignments/7") == "P1 7")
    }

    @Test("Unknown paths are answered with 404", arguments: ["/", "/positions", "/positions/", "/positions/a/b", "/x"])
    func notFound(target: String) async throws {
        #expect(try await router().respond(to: HTTPRequest(target: target)).status == .notFound)
    }

    @Test("Known paths under other methods are answered with 405 and Allow")
    func methodNotAllowed() async throws {
        let refused = try await router().respond(to: HTTPRequest(method: "DELETE", target: "/positions/P1"))
        #expect(refused.status == .methodNotAllowed)
        #expect(refused.headers["allow"] == "GET, HEAD, OPTIONS, POST")
        let options = try await router().respond(to: HTTPRequest(method: "OPTIONS", target: "/positions/new"))
        #expect(options.status == .noContent)
        #expect(options.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
    }

    @Test("Middlewares stand around everything, the first one outermost")
    func middleware() async throws {
        var router = router()
        for name in ["a", "b"] {
            router.use { request, next in
                var response = try await next(request)
                response.headers.add("Through", name)
                return response
            }
        }
        let response = try await router.respond(to: HTTPRequest(target: "/nowhere"))
        #expect(response.status == .notFound)
        #expect(response.headers.values("through") == ["b", "a"])
    }

    @Test("Middlewares hand values on to handlers, by type")
    func context() async throws {
        struct Caller { var name: String }
        var router = HTTPRouter()
        router.use { request, next in
            var request = request
            request.context[Caller.self] = Caller(name: "ada")
            return try await next(request)
        }
        router.get("/who") { .text("\($0.context[Caller.self]?.name ?? "") \($0.context[Int.self] ?? 0)") }
        let response = try await router.respond(to: HTTPRequest(target: "/who"))
        guard case .bytes(let bytes) = response.body else { return }
        #expect(String(decoding: bytes, as: UTF8.self) == "ada 0")
    }

    @Test("Errors of handlers and middlewares are shaped in one place, and only unexpected ones are reported")
    func failures() async throws {
        struct Unexpected: Error {}
        var router = router()
        router.onFailure { error, request in
            .text("\(HTTPError(describing: error).status) \(request.target)", status: .conflict)
        }
        router.use { request, next in
            guard request.headers["Wrong"] == nil else { throw HTTPError(.forbidden, "no", headers: ["X-A": "b"]) }
            return try await next(request)
        }
        router.get("/bug") { _ in throw Unexpected() }
        for (target, headers, text) in [
            ("/nowhere", [:], "404 /nowhere"), ("/bug", [:], "500 /bug"), ("/bug", ["Wrong": "1"], "403 /bug"),
        ] as [(String, HTTPHeaders, String)] {
            let response = try await router.respond(to: HTTPRequest(target: target, headers: headers))
            guard case .bytes(let bytes) = response.body else { return }
            #expect(String(decoding: bytes, as: UTF8.self) == text)
            #expect(response.status == .conflict)
            #expect(response.headers["X-A"] == headers["Wrong"].map { _ in "b" })
        }
        var plain = HTTPRouter()
        plain.get("/bug") { _ in throw Unexpected() }
        plain.get("/client") { _ in throw HTTPError(.badRequest, "no") }
        let reported = Mutex(0)
        for target in ["/bug", "/client", "/nowhere"] {
            _ = await plain.respond(to: try HTTPRequest(target: target)) { _ in reported.withLock { $0 += 1 } }
        }
        #expect(reported.withLock { $0 } == 1)
    }

    @Test("A later route of the same method and pattern takes the earlier one's place")
    func replacement() async throws {
        var router = router()
        router.get("/positions/new") { _ in .text("newer") }
        let response = try await router.respond(to: HTTPRequest(target: "/positions/new"))
        guard case .bytes(let bytes) = response.body else { return }
        #expect(bytes == Array("newer".utf8))
    }

    @Test("Health is 200 unless a check fails, then 503, with the checks as JSON")
    func health() async throws {
        var router = HTTPRouter()
        router.addHealth(live: { HealthReport([HealthCheck("loop", .warn, detail: "slow")]) }) {
            HealthReport([HealthCheck("database", passes: true), HealthCheck("broker", passes: false)])
        }
        var statuses: [HTTPStatus] = []
        for path in ["/livez", "/readyz", "/health"] {
            statuses.append(try await router.respond(to: HTTPRequest(target: path)).status)
        }
        #expect(statuses == [.ok, .serviceUnavailable, .serviceUnavailable])
        let response = try await router.respond(to: HTTPRequest(target: "/health"))
        guard case .bytes(let bytes) = response.body else { return }
        let expected =
            #"{"checks":[{"detail":"slow","name":"loop","status":"warn"},{"name":"database","status":"pass"},"#
            + #"{"name":"broker","status":"fail"}],"status":"fail"}"#
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("Metrics are served as Prometheus text")
    func metrics() async throws {
        let registry = MetricsRegistry()
        registry.gauge("a", help: "A.").set(1)
        var router = HTTPRouter()
        router.addMetrics(registry)
        let response = try await router.respond(to: HTTPRequest(target: "/metrics"))
        #expect(response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        guard case .bytes(let bytes) = response.body else { return }
        #expect(String(decoding: bytes, as: UTF8.self) == registry.exposition())
    }
}
