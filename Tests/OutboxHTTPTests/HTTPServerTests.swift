import OutboxHTTP
import OutboxTelemetry
import Synchronization
import Testing

extension ServerTests {
    @Suite struct HTTPServerTests {
        private struct Secretive: Error {
            let detail = "the table is called secrets"
        }

        /// Serves while the body runs.
        private func serve(
            limits: HTTPServerLimits = HTTPServerLimits(), _ add: (inout HTTPRouter) -> Void,
            _ body: (HTTPServer, UInt16) async throws -> Void
        ) async throws {
            var router = HTTPRouter()
            router.get("/hello") { _ in .text("hello") }
            router.post("/echo") { .bytes($0.body, contentType: "application/octet-stream") }
            add(&router)
            let server = HTTPServer(address: .loopback(port: 0), router: router, limits: limits, logger: .quiet)
            let address = try server.start()
            #expect(address.port != 0)
            do { try await body(server, address.port) } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }

        private func serve(_ body: (HTTPServer, UInt16) async throws -> Void) async throws {
            try await serve({ _ in }, body)
        }

        @Test("A connection serves one request after the other")
        func keepAlive() async throws {
            try await serve { _, port in
                let client = try TestClient(port: port)
                for _ in 0..<3 {
                    let response = try await client.request("GET", "/hello")
                    #expect(response.status == 200)
                    #expect(response.text == "hello")
                    #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
                }
                let head = try await client.request("HEAD", "/hello")
                #expect(head.headers["content-length"] == "5")
                #expect(try await client.request("POST", "/hello").headers["allow"] == "GET, HEAD, OPTIONS")
                #expect(try await client.request("GET", "/nowhere").status == 404)
                #expect(try await client.request("OPTIONS", "*").status == 204)
            }
        }

        @Test("Requests sent without waiting are answered in order")
        func pipelining() async throws {
            try await serve { router in
                router.get("/n/{n}") { .text(try $0.parameter("n")) }
            } _: { _, port in
                let client = try TestClient(port: port)
                await client.send((0..<20).map { "GET /n/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                for n in 0..<20 { #expect(try await client.response().text == "\(n)") }
            }
        }

        @Test("A body arrives whole, by length or in chunks, up to the limit")
        func body() async throws {
            var limits = HTTPServerLimits()
            limits.maximumBodyBytes = 100_000
            try await serve(limits: limits, { _ in }) { _, port in
                let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
                let client = try TestClient(port: port)
                #expect(try await client.request("POST", "/echo", body: body).body == body)
                #expect(try await client.request("POST", "/echo", body: []).body.isEmpty)
                await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<10 { await client.send(Array("2710\r\n".utf8) + body.prefix(10_000) + Array("\r\n".utf8)) }
                await client.send("0\r\n\r\n")
                #expect(try await client.response().body.count == 100_000)
            }
        }

        @Test("A body over the limit is answered with 413, and the handler doesn't see it")
        func bodyTooLarge() async throws {
            var limits = HTTPServerLimits()
            limits.maximumBodyBytes = 1_000
            try await serve(limits: limits) { router in
                router.post("/never") { _ in
                    Issue.record("the handler ran")
                    return .text("")
                }
            } _: { _, port in
                let declared = try TestClient(port: port)
                #expect(
                    try await declared.request("POST", "/never", body: [UInt8](repeating: 0, count: 1_001)).status
                        == 413)
                let chunked = try TestClient(port: port)
                await chunked.send("POST /never HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<3 { await chunked.send("1f4\r\n" + String(repeating: "x", count: 500) + "\r\n") }
                await chunked.send("0\r\n\r\n")
                #expect(try await chunked.response().status == 413)
                let endless = try TestClient(port: port)
                await endless.send("POST /never HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<50 { await endless.send("ffff\r\n" + String(repeating: "x", count: 65_535) + "\r\n") }
                try await endless.waitForClose()
                let absurd = try TestClient(port: port)
                await absurd.send(
                    "POST /never HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999999\r\n\r\n")
                #expect([400, 413].contains(try await absurd.response().status))
            }
        }

        @Test("Headers over the limit are answered with 431, a target over it with 414")
        func headersTooLarge() async throws {
            try await serve { _, port in
                let many = try TestClient(port: port)
                let long = String(repeating: "x", count: 40_000)
                #expect(try await many.request("GET", "/hello", headers: ["X": long]).status == 431)
                let target = try TestClient(port: port)
                #expect([414, 431].contains(try await target.request("GET", "/" + long).status))
            }
        }

        @Test(
            "Malformed requests are refused or cut, and the server goes on",
            arguments: [
                "\r\n\r\n\r\n", "GARBAGE\r\n\r\n", "GET\r\n\r\n", "GET /hello\r\n\r\n", "GET /hello HTTP/9.9\r\n\r\n",
                "GET /hello HTTP/1.1\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "GET hello HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /hello HTTP/1.1\r\nHost a\r\n\r\n", "GET /hello HTTP/1.1\r\n: a\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}",
            ])
        func malformed(text: String) async throws {
            try await serve { _, port in
                let client = try TestClient(port: port)
                await client.send(text)
                client.shutDownSending()
                let status = try? await client.response().status
                #expect(status == nil || (400...505).contains(status ?? 0), "\(status ?? 0)")
                #expect(try await TestClient(port: port).request("GET", "/hello").status == 200)
            }
        }

        @Test("What a handler throws becomes a response, without inner details")
        func errors() async throws {
            try await serve { router in
                router.get("/teapot") { _ in throw HTTPError(HTTPStatus(rawValue: 418), "short", headers: ["X-A": "b"])
                }
                router.get("/bug") { _ in throw Secretive() }
                router.get("/cancelled") { _ in throw CancellationError() }
                router.get("/odd") { _ in HTTPResponse(HTTPStatus(rawValue: 7)) }
                router.get("/split") { _ in HTTPResponse(headers: ["X-A": "a\r\nX-B: b", "X-C": "c"]) }
            } _: { _, port in
                let client = try TestClient(port: port)
                let teapot = try await client.request("GET", "/teapot")
                #expect(teapot.status == 418)
                #expect(teapot.headers["x-a"] == "b")
                #expect(teapot.text == #"{"error":"short"}"#)
                let bug = try await client.request("GET", "/bug")
                #expect(bug.status == 500)
                #expect(!bug.text.contains("secrets"))
                #expect(try await client.request("GET", "/cancelled").status == 503)
                #expect(try await client.request("GET", "/odd").status == 500)
                let split = try await client.request("GET", "/split")
                #expect(split.headers["x-b"] == nil)
                #expect(split.headers["x-c"] == "c")
            }
        }

        @Test("What the server refuses by itself is shaped by the router too")
        func refusals() async throws {
            let gate = Gate()
            var limits = HTTPServerLimits()
            limits.maximumBodyBytes = 1_000
            limits.handlerTimeout = .seconds(2)
            try await serve(limits: limits) { router in
                router.get("/wait") { _ in
                    try await gate.pass(isStubborn: true)
                    return .text("late")
                }
                router.onFailure { error, request in
                    let error = HTTPError(describing: error)
                    return .text(
                        "\(error.status) for \(request.headers["X-Request-Id"] ?? "nobody")", status: error.status)
                }
            } _: { _, port in
                let id = ["X-Request-Id": "r1"]
                let large = [UInt8](repeating: 0, count: 1_001)
                #expect(
                    try await TestClient(port: port).request("POST", "/echo", headers: id, body: large).text
                        == "413 for r1")
                let chunked = try TestClient(port: port)
                await chunked.send(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3e9\r\n" + String(repeating: "x", count: 1_001) + "\r\n0\r\n\r\n")
                #expect(try await chunked.response().text == "413 for r1")
                #expect(try await TestClient(port: port).request("GET", "/%zz", headers: id).text == "400 for r1")
                #expect(try await TestClient(port: port).request("GET", "/wait", headers: id).text == "503 for r1")
                gate.open()
            }
        }

        @Test("Many handlers wait at once, since none of them holds a thread")
        func concurrency() async throws {
            let gate = Gate()
            try await serve { router in
                router.get("/wait") { _ in
                    try await gate.pass()
                    return .text("done")
                }
            } _: { _, port in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<100 {
                        let client = try TestClient(port: port)
                        group.addTask { try await client.request("GET", "/wait").text }
                    }
                    await eventually("all handlers run") { gate.arrivals == 100 }
                    #expect(try await TestClient(port: port).request("GET", "/hello").status == 200)
                    gate.open()
                    for try await text in group { #expect(text == "done") }
                }
            }
        }

        @Test("The client's trace is the handler's current one")
        func trace() async throws {
            try await serve { router in
                router.get("/trace") { _ in .text(TraceContext.current?.traceID.description ?? "none") }
            } _: { _, port in
                let client = try TestClient(port: port)
                let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
                let response = try await client.request("GET", "/trace", headers: ["traceparent": header])
                #expect(response.text == "4bf92f3577b34da6a3ce929d0e0e4736")
                #expect(try await client.request("GET", "/trace").text != "none")
            }
        }

        @Test("A handler whose time is up is cancelled and answered for, even if it doesn't care")
        func handlerTimeout() async throws {
            let gate = Gate()
            var limits = HTTPServerLimits()
            limits.handlerTimeout = .milliseconds(50)
            try await serve(limits: limits) { router in
                router.get("/wait") { _ in
                    try await gate.pass(isStubborn: true)
                    return .text("late")
                }
            } _: { _, port in
                let client = try TestClient(port: port)
                #expect(try await client.request("GET", "/wait").status == 503)
                gate.open()
                await eventually("the handler was cancelled") { gate.cancellations == 1 }
                // On a busy machine this one may take too long as well.
                #expect([200, 503].contains(try await client.request("GET", "/hello").status))
            }
        }

        @Test("A client that never finishes its request is cut off")
        func slowRequest() async throws {
            var limits = HTTPServerLimits()
            limits.requestTimeout = .milliseconds(50)
            try await serve(limits: limits, { _ in }) { _, port in
                let client = try TestClient(port: port)
                await client.send("GET /hello HT")
                try await client.waitForClose()
            }
        }

        @Test("Connections beyond the limit wait until others end, and none is forgotten")
        func connectionLimit() async throws {
            let gate = Gate()
            let running = Mutex((now: 0, most: 0))
            var limits = HTTPServerLimits()
            limits.maximumConnections = 4
            try await serve(limits: limits) { router in
                router.get("/wait") { _ in
                    running.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    defer { running.withLock { $0.now -= 1 } }
                    try await gate.pass()
                    return .text("done")
                }
            } _: { _, port in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<12 {
                        let client = try TestClient(port: port)
                        group.addTask {
                            try await client.request("GET", "/wait", headers: ["Connection": "close"]).text
                        }
                    }
                    await eventually("as many run as may") { gate.arrivals == 4 }
                    gate.open()
                    for try await text in group { #expect(text == "done") }
                }
                #expect(running.withLock { $0.most } == 4)
                #expect(gate.arrivals == 12)
            }
        }

        @Test("IPv6 works", .enabled(if: ServerTests.HTTPServerTests.hasIPv6))
        func ipv6() async throws {
            var router = HTTPRouter()
            router.get("/who") { .text($0.clientAddress) }
            let server = HTTPServer(address: try #require(HTTPAddress("[::1]:0")), router: router, logger: .quiet)
            let address = try server.start()
            #expect(address.description.hasPrefix("[::1]:"))
            #expect(try await TestClient(port: address.port, isIPv6: true).request("GET", "/who").text == "::1")
            await server.stop()
        }

        static let hasIPv6: Bool = {
            let server = HTTPServer(
                address: HTTPAddress("[::1]:0") ?? .off, router: HTTPRouter(), logger: .quiet)
            return (try? server.start()) != nil
        }()

        @Test("A port that is taken is named in the error")
        func portTaken() async throws {
            try await serve { _, port in
                let second = HTTPServer(address: .loopback(port: port), router: HTTPRouter(), logger: .quiet)
                #expect {
                    try second.start()
                } throws: {
                    ($0 as? HTTPError)?.message.contains("127.0.0.1:\(port)") == true
                }
            }
        }

        @Test("A host that does not exist is an error")
        func badHost() throws {
            let server = HTTPServer(
                address: try #require(HTTPAddress("256.256.256.256:0")), router: HTTPRouter(), logger: .quiet)
            #expect(throws: HTTPError.self) { try server.start() }
        }

        @Test("Off serves nothing and ends when its task is cancelled")
        func off() async throws {
            let server = HTTPServer(address: .off, router: HTTPRouter(), logger: .quiet)
            #expect(try server.start() == .off)
            let running = Task { try await server.run() }
            running.cancel()
            try await running.value
        }
    }
}

extension Logger {
    /// Says nothing.
    static let quiet = Logger(label: "test", handler: LogfmtHandler(output: LogOutput { _ in }))
}
