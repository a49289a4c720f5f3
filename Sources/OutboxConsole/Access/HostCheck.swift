import OutboxHTTP

/// Keeps other sites' pages away from a server on loopback.
///
/// A page of an attacker's whose name is made to resolve to 127.0.0.1 would be of the same origin to a browser, but the
/// browser still sends the attacker's name.
struct HostCheck: Sendable {
    /// Where the server listens, without port.
    let host: String

    /// - Throws: `HTTPError` with 403 for a name that is not this machine's.
    func check(_ headers: HTTPHeaders) throws(HTTPError) {
        guard Self.isLoopback(host) else { return }
        guard let given = headers["Host"].map(Self.name), Self.isLoopback(given) || given == host.lowercased() else {
            throw HTTPError(.forbidden, "The console answers to localhost and 127.0.0.1 only.")
        }
    }

    /// The name without port and brackets, in lower case.
    static func name(_ host: String) -> String {
        let host = host.lowercased()
        if host.first == "[" { return String(host.dropFirst().prefix { $0 != "]" }) }
        return String(host.prefix { $0 != ":" })
    }

    static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isNumeric = parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
        return isNumeric || host == "::1" || host.lowercased() == "localhost"
    }
}
