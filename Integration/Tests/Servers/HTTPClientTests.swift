import OutboxHTTP
import OutboxTelemetry
import Servers
import Testing

@Suite("Servers: HTTP client")
struct HTTPClientTests {
    private func serve(_ body: (HTTPClient) async throws -> Void) async throws {
        var router = HTTPRouter()
        router.get("/who") { request in
            HTTPResponse(headers: ["X-Answer": "a"], body: .bytes(Array((request.headers["X-Who"] ?? "").utf8)))
        }
        for method in ["POST", "PATCH"] {
            router.on(method, "/echo") {
                .text("\($0.method) \($0.headers["Content-Type"] ?? "") \(String(decoding: $0.body, as: UTF8.self))")
            }
        }
        router.get("/silence") { _ in
            try await Task.sleep(for: .seconds(300))
            return .text("late")
        }
        let logger = Logger(label: "test", handler: LogfmtHandler(output: LogOutput { _ in }))
        var limits = HTTPServerLimits()
        limits.gracePeriod = .zero
        let server = HTTPServer(address: .loopback(port: 0), router: router, limits: limits, logger: logger)
        let client = HTTPClient("\(try server.start())", headers: ["X-Who": "me"])
        do { try await body(client) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test("method, headers and body go, status, headers and body come back")
    func exchange() async throws {
        try await serve { client in
            let who = try await client.get("/who")
            #expect(who.status == 200)
            #expect(who.text == "me")
            #expect(who.header("x-answer") == "a")
            #expect(try await client.get("/who", headers: ["X-Who": "you"]).text == "you")
            #expect(try await client.post("/echo", json: "{}").text == "POST application/json {}")
            #expect(try await client.send("PATCH", "/echo", json: "[\"é\"]").text == "PATCH application/json [\"é\"]")
            #expect(try await client.get("/nowhere").status == 404)
            #expect(try await client.send("DELETE", "/who").status == 405)
            let large = [UInt8](repeating: 65, count: HTTPServerLimits().maximumBodyBytes + 1)
            #expect(try await client.send("POST", "/echo", body: large).status == 413)
        }
    }

    @Test("no answer is an error that names the request")
    func noAnswer() async throws {
        try await serve { client in
            var hasty = client
            hasty.timeout = .milliseconds(500)
            let error = await #expect(throws: ServerError.self) { try await hasty.get("/silence") }
            #expect(error?.code == .unreachable)
            let waiting = Task { try await client.get("/silence") }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        let refused = await #expect(throws: ServerError.self) { try await HTTPClient("127.0.0.1:1").get("/who") }
        #expect(refused?.message.contains("GET http://127.0.0.1:1/who") == true)
    }
}
