import LibPQ

/// A database that could not be connected to, and what was found out about its port.
struct DatabaseRefusal: Sendable {
    /// What the client or the server said.
    var message: String
    var sqlState: String?
    /// The URL can't work as it is written.
    var isUsage = false
    var address: ServerAddress?
    /// Who listens at that port; `nil` when nobody was understood.
    var service: PortProbe.Service?
    /// Another port of the host at which a PostgreSQL listens.
    var otherPort: Int?

    /// Where PostgreSQL and PgBouncer usually are.
    private static let usualPorts = [5432, 5433, 6432]

    /// - Parameter url: what was connected to; where the client's words name no address, its own is taken.
    static func investigate(_ error: PQError, url: String, within limit: Duration) async -> DatabaseRefusal {
        var refusal = DatabaseRefusal(message: error.message, sqlState: error.sqlState, isUsage: error.code == .usage)
        refusal.address = address(in: error.message) ?? address(of: url)
        guard error.sqlState == nil, !refusal.isUsage, let address = refusal.address else { return refusal }
        refusal.service = await PortProbe.service(at: address, within: min(limit, .seconds(1)))
        if refusal.service != .postgres {
            refusal.otherPort = await PortProbe.find(
                .postgres, at: address.host, ports: usualPorts.filter { $0 != address.port },
                within: min(limit, .seconds(1)))
        }
        return refusal
    }

    /// `connection to server at "localhost" (::1), port 5432 failed: …`
    static func address(in message: String) -> ServerAddress? {
        guard let match = message.firstMatch(of: /server at "([^"]+)"(?: \([^)]*\))?, port (\d+)/),
            let port = Int(match.output.2)
        else { return nil }
        return ServerAddress(host: String(match.output.1), port: port)
    }

    /// That of the first host in `postgresql://user:password@host:port/database`.
    static func address(of url: String) -> ServerAddress? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let hosts = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return hosts.split(separator: ",").first.flatMap { ServerAddress($0, defaultPort: 5432) }
    }
}
