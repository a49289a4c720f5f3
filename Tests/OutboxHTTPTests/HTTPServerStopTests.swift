import OutboxHTTP
import Testing

extension ServerTests {
    @Suite struct HTTPServerStopTests {
        private func server(_ gate: Gate, gracePeriod: Duration, isStubborn: Bool = false) -> HTTPServer {
            var router = HTTPRouter()
            router.get("/hello") { _ in .text("hello") }
            router.get("/wait") { _ in
                try await gate.pass(isStubborn: isStubborn)
                return .text("done")
            }
            var limits = HTTPServerLimits()
            limits.gracePeriod = gracePeriod
            return HTTPServer(address: .loopback(port: 0), router: router, limits: limits, logger: .quiet)
        }

        @Test("A request in flight is answered; open connections get 503, new ones nothing")
        func graceful() async throws {
            let gate = Gate()
            let server = server(gate, gracePeriod: .seconds(120))
            let port = try server.start().port
            let inFlight = try TestClient(port: port)
            let idle = try TestClient(port: port)
            #expect(try await idle.request("GET", "/hello").status == 200)
            let running = Task { try await server.run() }
            let response = Task { try await inFlight.request("GET", "/wait") }
            await eventually("the handler runs") { gate.arrivals == 1 }

            running.cancel()
            await eventually("new connections are refused") { (try? TestClient(port: port)) == nil }
            let refused = try await idle.request("GET", "/hello")
            #expect(refused.status == 503)
            #expect(refused.headers["connection"]?.lowercased() == "close")
            gate.open()
            let answer = try await response.value
            #expect(answer.text == "done")
            #expect(answer.headers["connection"]?.lowercased() == "close")
            try await running.value
            #expect(gate.cancellations == 0)
        }

        @Test("Beyond the grace period requests are cancelled and answered with 503", arguments: [false, true])
        func beyondGrace(isStubborn: Bool) async throws {
            let gate = Gate()
            let server = server(gate, gracePeriod: .milliseconds(20), isStubborn: isStubborn)
            let client = try TestClient(port: try server.start().port)
            let response = Task { try await client.request("GET", "/wait") }
            await eventually("the handler runs") { gate.arrivals == 1 }
            await server.stop()
            #expect(try await response.value.status == 503)
            gate.open()
            await eventually("the handler was cancelled") { gate.cancellations == 1 }
        }

        @Test("Stopping twice, at once or before the start harms nobody; a stopped server stays so")
        func stopTwice() async throws {
            let server = server(Gate(), gracePeriod: .seconds(1))
            try server.start()
            #expect(try server.start() == server.start())
            async let one: Void = server.stop()
            async let other: Void = server.stop()
            _ = await (one, other)
            await server.stop()
            #expect(throws: HTTPError.self) { try server.start() }

            let never = self.server(Gate(), gracePeriod: .seconds(1))
            await never.stop()
            #expect(throws: HTTPError.self) { try never.start() }
        }

        @Test("Stopping ends run()")
        func stopEndsRun() async throws {
            let server = server(Gate(), gracePeriod: .seconds(1))
            try server.start()
            let running = Task { try await server.run() }
            await server.stop()
            try await running.value
        }

        @Test("A server that nobody keeps closes its port")
        func dropped() async throws {
            var server: HTTPServer? = server(Gate(), gracePeriod: .seconds(1))
            let port = try #require(try server?.start().port)
            #expect(try await TestClient(port: port).request("GET", "/hello").status == 200)
            server = nil
            await eventually("the port is closed") { (try? TestClient(port: port)) == nil }
        }

        @Test("Servers come and go without leaving open files")
        func noLeak() async throws {
            func cycle() async throws {
                let server = server(Gate(), gracePeriod: .seconds(1))
                let client = try TestClient(port: try server.start().port)
                #expect(try await client.request("GET", "/hello").status == 200)
                await server.stop()
            }
            for _ in 0..<20 { try await cycle() }
        }
    }
}
