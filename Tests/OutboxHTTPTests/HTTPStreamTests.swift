import OutboxHTTP
import Synchronization
import Testing

extension ServerTests {
    @Suite struct HTTPStreamTests {
        private func serve(
            isEndless: Bool = false, _ produce: @escaping @Sendable (HTTPBodyWriter) async throws -> Void,
            _ body: (HTTPServer, UInt16) async throws -> Void
        ) async throws {
            var router = HTTPRouter()
            router.get("/stream") { _ in .stream(contentType: "text/plain", isEndless: isEndless, produce) }
            var limits = HTTPServerLimits()
            limits.gracePeriod = .seconds(120)
            let server = HTTPServer(address: .loopback(port: 0), router: router, limits: limits, logger: .quiet)
            let port = try server.start().port
            do { try await body(server, port) } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }

        @Test("Each piece arrives before the next one is made, and the connection goes on after the end")
        func pieces() async throws {
            let (steps, next) = AsyncStream<Int>.makeStream()
            try await serve { writer in
                for await step in steps { try await writer.write("step \(step)") }
            } _: { _, port in
                let client = try TestClient(port: port)
                await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = try await client.readHead()
                #expect(head.contains("Transfer-Encoding: chunked"))
                for step in 0..<5 {
                    next.yield(step)
                    #expect(try await client.readChunk() == Array("step \(step)".utf8))
                }
                next.finish()
                #expect(try await client.readChunk() == nil)
                #expect(try await client.request("GET", "/nowhere").status == 404)
            }
        }

        @Test("A sequence of chunks is a body")
        func sequence() async throws {
            var router = HTTPRouter()
            router.get("/stream") { _ in
                let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
                for byte in UInt8(0)..<100 { continuation.yield([byte]) }
                continuation.finish()
                return .stream(contentType: "text/plain", chunks: chunks)
            }
            let server = HTTPServer(address: .loopback(port: 0), router: router, logger: .quiet)
            let client = try TestClient(port: try server.start().port)
            #expect(try await client.request("GET", "/stream").body == Array(0..<100))
            await server.stop()
        }

        @Test("A large body arrives whole through a small window, and the writer waits for the reader")
        func backPressure() async throws {
            let written = Mutex(0)
            let piece = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
            let pieces = 400
            try await serve { writer in
                for _ in 0..<pieces {
                    try await writer.write(piece)
                    written.withLock { $0 += 1 }
                }
            } _: { _, port in
                let client = try TestClient(port: port, receiveBytes: 4_096)
                await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.readHead()
                // Nobody reads on: the writer must come to rest far from the end.
                var last = -1
                await eventually("the writer rests") {
                    let now = written.withLock { $0 }
                    defer { last = now }
                    try? await Task.sleep(for: .milliseconds(50))
                    return now == last && now > 0
                }
                #expect(written.withLock { $0 } < pieces)
                var body: [UInt8] = []
                while let chunk = try await client.readChunk() { body += chunk }
                #expect(body.count == piece.count * pieces)
                #expect(body.suffix(piece.count).elementsEqual(piece))
            }
        }

        @Test("A stream that fails breaks the connection, so that the client sees it")
        func failure() async throws {
            struct Broken: Error {}
            try await serve { writer in
                try await writer.write("half")
                throw Broken()
            } _: { _, port in
                let client = try TestClient(port: port)
                await #expect(throws: TestClient.Failure.self) { try await client.request("GET", "/stream") }
            }
        }

        @Test("A stream is cancelled when its client leaves, whether it writes or waits", arguments: [true, false])
        func clientLeaves(writes: Bool) async throws {
            let gate = Gate()
            let hasEnded = Mutex(false)
            try await serve { writer in
                defer { hasEnded.withLock { $0 = true } }
                try await writer.write("start")
                if writes {
                    while true { try await writer.write([UInt8](repeating: 0, count: 10_000)) }
                } else {
                    try await gate.pass()
                }
            } _: { _, port in
                let client = try TestClient(port: port)
                await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.readHead()
                _ = try await client.read(5)
                client.close()
                await eventually("the stream has ended") { hasEnded.withLock { $0 } }
            }
        }

        // Several times: what could go wrong depends on who comes first.
        @Test("A stopping server ends endless streams at once and well", arguments: 0..<10)
        func endless(_: Int) async throws {
            let gate = Gate()
            try await serve(isEndless: true) { writer in
                try await writer.write("start")
                try await gate.pass()
            } _: { server, port in
                let client = try TestClient(port: port)
                await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.readHead()
                #expect(try await client.readChunk() == Array("start".utf8))
                await eventually("the stream waits") { gate.arrivals == 1 }
                await server.stop()
                #expect(try await client.readChunk() == nil)
                await eventually("the stream was cancelled") { gate.cancellations == 1 }
            }
        }

        @Test("A stopping server lets other streams end")
        func finite() async throws {
            let gate = Gate()
            try await serve { writer in
                try await writer.write("start")
                try await gate.pass()
                try await writer.write("end")
            } _: { server, port in
                let client = try TestClient(port: port)
                await client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.readHead()
                #expect(try await client.readChunk() == Array("start".utf8))
                async let stopping: Void = server.stop()
                await eventually("the server stops") { (try? TestClient(port: port)) == nil }
                gate.open()
                #expect(try await client.readChunk() == Array("end".utf8))
                #expect(try await client.readChunk() == nil)
                await stopping
            }
        }

        @Test("HEAD does not start the stream")
        func head() async throws {
            try await serve { _ in
                Issue.record("the stream was started")
            } _: { _, port in
                let client = try TestClient(port: port)
                let response = try await client.request("HEAD", "/stream")
                #expect(response.status == 200)
                #expect(response.headers["content-length"] == nil)
                #expect(response.headers["content-type"] == "text/plain")
                // Nothing behind the headers: what came there would be taken for the next response.
                try await client.waitForClose()
                await #expect(throws: TestClient.Failure.self) { try await client.read(1) }
            }
        }
    }
}
