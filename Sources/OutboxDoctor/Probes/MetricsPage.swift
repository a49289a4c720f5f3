/// Reads the metrics that a process serves, over plain HTTP.
package enum MetricsPage {
    /// Why there is no page.
    package struct Unavailable: Error, CustomStringConvertible {
        /// What was asked, and what came of it.
        package let description: String
    }

    private static let largest = 16 << 20

    /// Whether a text is an address that can be read from: `http://host:port`, with a path or without.
    package static func isAddress(_ text: String) -> Bool { parts(of: text) != nil }

    /// - Parameters:
    ///   - text: an address; `/metrics` is its path unless it has one.
    ///   - limit: how long it may take.
    /// - Throws: ``Unavailable``.
    package static func read(from text: String, within limit: Duration) async throws(Unavailable) -> String {
        guard let (address, path) = parts(of: text) else {
            throw Unavailable(description: "\(text) is no address of metrics: http://host:port")
        }
        let request = "GET \(path) HTTP/1.0\r\nHost: \(address)\r\nConnection: close\r\n\r\n"
        let bytes = await PortProbe.onThread { () -> [UInt8]? in
            guard let socket = try? ProbeSocket(address, within: limit) else { return nil }
            return socket.answer(to: Array(request.utf8), limit: largest)
        }
        guard let bytes else { throw Unavailable(description: "no answer from \(address)") }
        let answer = String(decoding: bytes, as: UTF8.self)
        guard let end = answer.firstRange(of: "\r\n\r\n"), answer.hasPrefix("HTTP/1.") else {
            throw Unavailable(description: "\(address) does not speak HTTP")
        }
        let status = answer.prefix { $0 != "\r\n" }
        guard status.split(separator: " ").dropFirst().first == "200" else {
            throw Unavailable(description: "\(address)\(path) answers \(status)")
        }
        return String(answer[end.upperBound...])
    }

    private static func parts(of text: String) -> (ServerAddress, path: String)? {
        let scheme = "http://"
        guard text.hasPrefix(scheme), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(host.count)
        guard let address = ServerAddress(host, defaultPort: 80), !address.host.isEmpty else { return nil }
        return (address, path.count > 1 ? String(path) : "/metrics")
    }
}
