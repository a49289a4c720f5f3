/// How to reach a PostgreSQL server, and how a connection behaves.
public struct PQConfiguration: Sendable {
    /// A libpq URL (`postgresql://user:password@host:port/database?sslmode=verify-full`) or a `key=value` string.
    ///
    /// Everything libpq knows works: several hosts, TLS, service and password files, the `PG…` environment.
    public var url: String
    /// The name shown in `pg_stat_activity`; wins over the URL's.
    public var applicationName: String?
    /// The longest that making a connection may take, per host of the URL. `connect_timeout` in the URL wins.
    public var connectTimeout: Duration
    /// The longest that a statement may run before the server stops it (``PQError/Code/timeout``); nil leaves the
    /// server's setting.
    public var statementTimeout: Duration?
    /// Server settings of every session by name, e.g. `["work_mem": "64MB"]`; set once connected.
    public var sessionSettings: [String: String]
    /// Whether statements are prepared once per connection and SQL text. Turn it off behind a pooler that hands a
    /// server connection to another client between transactions and does not know prepared statements.
    public var preparesStatements: Bool
    /// The most prepared statements kept per connection; the least recently used ones go first.
    public var preparedStatementLimit: Int
    /// Receives notices and warnings, on the connection's own thread: must return quickly.
    public var noticeHandler: (@Sendable (PQNotice) -> Void)?

    /// Creates a configuration.
    /// - Parameters:
    ///   - url: a libpq URL or a `key=value` string.
    ///   - applicationName: the name shown in `pg_stat_activity`.
    ///   - connectTimeout: the longest that making a connection may take, per host.
    ///   - statementTimeout: the longest that a statement may run; nil leaves the server's setting.
    ///   - sessionSettings: server settings of every session.
    ///   - preparesStatements: false to send each statement unprepared.
    ///   - preparedStatementLimit: the most prepared statements kept per connection, at least 1.
    ///   - noticeHandler: receives notices, on the connection's own thread.
    public init(
        url: String, applicationName: String? = nil, connectTimeout: Duration = .seconds(10),
        statementTimeout: Duration? = nil, sessionSettings: [String: String] = [:], preparesStatements: Bool = true,
        preparedStatementLimit: Int = 256,
        noticeHandler: (@Sendable (PQNotice) -> Void)? = nil
    ) {
        self.url = url
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.sessionSettings = sessionSettings
        self.preparesStatements = preparesStatements
        self.preparedStatementLimit = preparedStatementLimit
        self.noticeHandler = noticeHandler
    }

    /// The URL with its secrets replaced by `***`, fit for logs. A URL that can't be parsed is not shown at all.
    public var redactedURL: String {
        do {
            return try ConnectionString(parsing: url).redacted
        } catch {
            return "<invalid connection URL>"
        }
    }

    /// The statements that a new session begins with.
    var sessionScript: String {
        var settings = sessionSettings.sorted { $0.key < $1.key }.map { name, value in
            "SET \(PQStatement.quoted(identifier: name)) = '\(value.replacing("'", with: "''"))'"
        }
        if let statementTimeout {
            settings.append("SET statement_timeout = \(max(1, statementTimeout.milliseconds))")
        }
        return settings.joined(separator: "; ")
    }
}
