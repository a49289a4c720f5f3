/// Where a server listens.
struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, `[::1]:port`, or with a protocol before, as librdkafka takes them.
    init?(_ text: some StringProtocol, defaultPort: Int) {
        var rest = Substring(text).drop { $0 == " " }
        while rest.hasSuffix(" ") { rest = rest.dropLast() }
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        guard !rest.isEmpty else { return nil }
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            let port = rest[rest.index(after: end)...].drop { $0 == ":" }
            self.init(host: String(rest[rest.index(after: rest.startIndex)..<end]), port: Int(port) ?? defaultPort)
        } else if let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]) {
            self.init(host: String(rest[..<colon]), port: port)
        } else {
            self.init(host: String(rest), port: defaultPort)
        }
    }

    /// Those of a list such as `KAFKA_BOOTSTRAP_SERVERS`.
    static func list(_ text: String) -> [ServerAddress] {
        text.split(separator: ",").compactMap { ServerAddress($0, defaultPort: 9092) }
    }

    func with(port: Int) -> ServerAddress { ServerAddress(host: host, port: port) }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
