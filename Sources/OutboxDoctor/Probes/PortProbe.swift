import Dispatch
import Glibc

/// Looks at a port before a client is sent there, so as to say more than that nobody answers.
enum PortProbe {
    enum Answer: Sendable, Hashable {
        case open, refused, silent, unknownHost
        case unreachable(String)
    }

    /// What listens at a port.
    enum Service: String, Sendable {
        case postgres = "PostgreSQL"
        case kafka = "Kafka"
        case http = "an HTTP server"
    }

    /// Whether anybody listens.
    static func answer(_ address: ServerAddress, within limit: Duration) async -> Answer {
        await onThread {
            do throws(ProbeFailure) {
                _ = try ProbeSocket(address, within: limit)
                return .open
            } catch {
                return error.answer
            }
        }
    }

    /// Who listens; `nil` when nobody does, or somebody who understands none of our questions.
    static func service(at address: ServerAddress, within limit: Duration) async -> Service? {
        await onThread {
            if let first = ask(address, sslRequest, limit)?.first,
                first == UInt8(ascii: "S") || first == UInt8(ascii: "N")
            {
                return .postgres
            }
            if let answer = ask(address, apiVersionsRequest, limit), answer.dropFirst(4).starts(with: correlation) {
                return .kafka
            }
            if ask(address, Array("GET / HTTP/1.0\r\n\r\n".utf8), limit)?.starts(with: Array("HTTP/".utf8)) == true {
                return .http
            }
            return nil
        }
    }

    /// The first of some ports of a host at which a service listens.
    static func find(_ service: Service, at host: String, ports: [Int], within limit: Duration) async -> Int? {
        await withTaskGroup(of: Int?.self) { group in
            for port in ports {
                group.addTask {
                    await self.service(at: ServerAddress(host: host, port: port), within: limit) == service ? port : nil
                }
            }
            var found: [Int] = []
            for await port in group { if let port { found.append(port) } }
            return ports.first { found.contains($0) }
        }
    }

    /// What a PostgreSQL client may begin with: whether the server speaks TLS. It answers with one letter.
    private static let sslRequest: [UInt8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]
    private static let correlation: [UInt8] = [0x6F, 0x75, 0x74, 0x62]
    /// What a Kafka client begins with: the versions of the protocol. The answer repeats the correlation id.
    private static let apiVersionsRequest: [UInt8] =
        [0, 0, 0, 16, 0, 18, 0, 0] + correlation + [0, 6] + Array("doctor".utf8)

    private static func ask(_ address: ServerAddress, _ question: [UInt8], _ limit: Duration) -> [UInt8]? {
        guard let socket = try? ProbeSocket(address, within: limit) else { return nil }
        return socket.ask(question)
    }

    /// Sockets block, and the threads that tasks run on must not.
    static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}
