import FoundationEssentials

/// Where a Redis or Valkey server is, and how long to wait for it.
public struct RedisConfiguration: Sendable, Hashable {
    /// A name, an IPv4 or an IPv6 address.
    public var host: String
    /// The TCP port.
    public var port: UInt16
    /// The user of the server's access control list; nil for its default user.
    public var user: String?
    /// The password; nil for a server that asks for none.
    public var password: String?
    /// Which of the server's databases.
    public var database: Int
    /// The longest that making a connection may take.
    public var connectTimeout: Duration = .seconds(2)
    /// The longest that a call waits for its turn, and then for the server's answer.
    public var commandTimeout: Duration = .seconds(2)

    /// Describes a server.
    /// - Parameters:
    ///   - host: a name, an IPv4 or an IPv6 address.
    ///   - port: the TCP port.
    ///   - user: the user; nil for the default user.
    ///   - password: the password; nil for none.
    ///   - database: which of the server's databases.
    public init(host: String, port: UInt16 = 6379, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.database = database
    }

    /// Reads `redis://[[user]:password@]host[:port][/database]`.
    ///
    /// - Parameter url: a URL; other characters than letters, digits and `-._~` are percent-encoded in it.
    /// - Throws: ``RedisError/Code/usage``, without any part of the URL: what can't be read may be a password.
    public init(url: String) throws(RedisError) {
        guard !url.hasPrefix("rediss://") else {
            throw RedisError(
                .usage, "TLS (rediss://) is not supported, for hiredis 0.14 has none: put a TLS tunnel in between")
        }
        guard url.hasPrefix("redis://"), let parts = URLComponents(string: url) else {
            throw RedisError(.usage, "the Redis URL is not redis://[[user]:password@]host[:port][/database]")
        }
        guard let host = parts.host, !host.isEmpty else { throw RedisError(.usage, "the Redis URL has no host") }
        guard parts.query == nil, parts.fragment == nil else {
            throw RedisError(.usage, "the Redis URL has a ? or #: percent-encode them in user and password")
        }
        guard let port = UInt16(exactly: parts.port ?? 6379), port > 0 else {
            throw RedisError(.usage, "the Redis URL's port is not a number from 1 to 65535")
        }
        let path = parts.path.drop { $0 == "/" }
        guard let database = path.isEmpty ? 0 : Int(path), (0...65_535).contains(database) else {
            throw RedisError(.usage, "the Redis URL's database is not a number, as in redis://localhost:6379/0")
        }
        // An IPv6 address stands in brackets.
        self.init(
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host, port: port,
            user: parts.user.flatMap { $0.isEmpty ? nil : $0 }, password: parts.password, database: database)
        guard !([self.host, user ?? "", password ?? ""].contains { $0.utf8.contains(0) }) else {
            throw RedisError(.usage, "the Redis URL contains a zero byte")
        }
        guard user == nil || password != nil else {
            throw RedisError(.usage, "the Redis URL has a user without a password, as in redis://user:password@host")
        }
    }

    /// The URL with its password replaced by `***`, fit for logs.
    public var redactedURL: String {
        let login = password == nil ? "" : "\(user ?? ""):***@"
        return "redis://\(login)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
    }
}
