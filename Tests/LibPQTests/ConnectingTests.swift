import Testing

@testable import LibPQ

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Connecting without a server")
struct ConnectingTests {
    /// A port that is taken: connections are refused, or accepted without ever a word.
    private final class MuteServer: Sendable {
        let socket: Int32
        let port: UInt16

        init(isListening: Bool = true) throws {
            #if canImport(Glibc)
                socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #else
                socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
            #endif
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let socket = socket
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, length) == 0 && (!isListening || listen(socket, 16) == 0)
                        && getsockname(socket, $0, &length) == 0
                }
            }
            try #require(isBound)
            port = UInt16(bigEndian: address.sin_port)
        }

        deinit { close(socket) }

        var url: String { "postgresql://u:s3cret@127.0.0.1:\(port)/d?sslmode=disable" }
    }

    @Test("a server that does not answer is given up in time, without a word about the password")
    func timeout() async throws {
        let server = try MuteServer()
        let configuration = PQConfiguration(url: server.url, connectTimeout: .milliseconds(50))
        let error = await #expect(throws: PQError.self) { try await PQConnection.connect(configuration) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.isConnectionLost == true)
        #expect(error?.description.contains("s3cret") == false)
        #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
    }

    @Test("a cancelled task stops connecting")
    func cancellation() async throws {
        let server = try MuteServer()
        let configuration = PQConfiguration(url: server.url, connectTimeout: .seconds(600))
        let task = Task { try await PQConnection.connect(configuration) }
        task.cancel()
        let error = await #expect(throws: PQError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        withExtendedLifetime(server) {}
    }

    @Test("nobody at the port: a clear error that is worth another try")
    func refused() async throws {
        let server = try MuteServer(isListening: false)
        let configuration = PQConfiguration(url: server.url)
        let error = await #expect(throws: PQError.self) { try await PQConnection.connect(configuration) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.isTransient == true)
        #expect(error?.message.contains("port \(server.port) failed") == true)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test("a pool tries until the acquire timeout, then tells why")
    func pool() async throws {
        let server = try MuteServer(isListening: false)
        // On a machine that is very busy even a refusal takes its time: then it is asked for more patiently.
        var message = ""
        for seconds in [1, 10, 60] where !message.contains("port \(server.port) failed") {
            let pool = PQPool(PQConfiguration(url: server.url), acquireTimeout: .seconds(seconds))
            let error = await #expect(throws: PQError.self) { try await pool.withConnection { _ in } }
            #expect(error?.code == .connectionFailed)
            message = error?.message ?? ""
            #expect(message.contains("no connection within \(seconds).0 seconds"))
            await pool.close()
        }
        #expect(message.contains("port \(server.port) failed"), "\(message)")
        let pool = PQPool(PQConfiguration(url: server.url))
        await pool.close()
        let closed = await #expect(throws: PQError.self) { try await pool.withConnection { _ in } }
        #expect(closed?.code == .poolClosed)
    }

    @Test("a URL that can't work fails at once")
    func unusable() async throws {
        let pool = PQPool(PQConfiguration(url: "postgresql://u:p/w@h/d"), acquireTimeout: .seconds(600))
        let error = await #expect(throws: PQError.self) { try await pool.withConnection { _ in } }
        #expect(error?.code == .usage)
    }
}
