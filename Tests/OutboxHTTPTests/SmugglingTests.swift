import OutboxHTTP
import Synchronization
import Testing

extension ServerTests {
    /// Requests whose end two servers could see at different places, each with a second request hidden in it.
    @Suite struct SmugglingTests {
        private static let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"

        private static let shapes = [
            "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
            "Content-Length: 0\r\nContent-Length: {length}\r\n\r\n",
            "Content-Length: {length}\r\nContent-Length: 0\r\n\r\n",
            "Content-Length: 0, {length}\r\n\r\n",
            "Content-Length: +0\r\n\r\n", "Content-Length: -0\r\n\r\n", "Content-Length: 0x0\r\n\r\n",
            "Content-Length: 0 0\r\n\r\n", "Content-Length:\r\n\r\n",
            "Content-Length : 0\r\n\r\n", "Content-Length\t: 0\r\n\r\n", " Content-Length: 0\r\n\r\n",
            "Content-Length: {length}\r\nContent-\u{0}Length: 0\r\n\r\n",
            "Transfer-Encoding: identity\r\n\r\n", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
            "Transfer_Encoding: chunked\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n 0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n1\r\nab0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n",
            "Host: b\r\n\r\n", "Host: b\r\nContent-Length: 0\r\n\r\n",
        ]

        @Test("A request whose end is in doubt is refused, and none that is hidden in it is served")
        func refused() async throws {
            let served = Mutex<[String]>([])
            var router = HTTPRouter()
            for (method, path) in [("POST", "/first"), ("GET", "/hidden")] {
                router.on(method, path) { request in
                    served.withLock { $0.append("\(path) \(request.headers["Shape"] ?? "")") }
                    return .text(path)
                }
            }
            // So that a connection that is kept open ends soon.
            var limits = HTTPServerLimits()
            limits.idleTimeout = .seconds(4)
            let server = HTTPServer(address: .loopback(port: 0), router: router, limits: limits, logger: .quiet)
            let port = try server.start().port
            try await withThrowingTaskGroup { group in
                for (index, shape) in Self.shapes.enumerated() {
                    group.addTask {
                        let client = try TestClient(port: port)
                        let rest = shape.replacing("{length}", with: "\(Self.hidden.utf8.count)")
                        await client.send("POST /first HTTP/1.1\r\nHost: a\r\nShape: \(index)\r\n\(rest)\(Self.hidden)")
                        var statuses: [Int] = []
                        while let status = try? await client.response().status { statuses.append(status) }
                        return (shape, statuses)
                    }
                }
                for try await (shape, statuses) in group {
                    #expect(
                        statuses.count == 1 && (400..<500).contains(statuses[0]),
                        "\(shape.debugDescription) \(statuses)")
                }
            }
            await server.stop()
            #expect(served.withLock { $0 } == [])
        }
    }
}
