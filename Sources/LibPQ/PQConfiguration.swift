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
    /// Server settings of every session by name, e.g. `["work_mem": "64MB"]`; set once connected. Behind a pooler they
    /// are set anew with each transaction and each statement, but not for scripts and COPY outside of a transaction. Of a
    /// list, such as `search_path`, give one plain element.
    public var sessionSettings: [String: String]
    /// Whether a pooler lends sessions of the server for one transaction at a time.
    public var pooling: PQPooling
    /// Whether statements are prepared once per connection and SQL text; in a session of the connection's own only.
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
    ///   - pooling: whether a pooler lends sessions of the server for one transaction at a time.
    ///   - preparesStatements: false to send each statement unprepared.
    ///   - preparedStatementLimit: the most prepared statements kept per connection, at least 1.
    ///   - noticeHandler: receives notices, on the connection's own thread.
    public init(
        url: String, applicationName: String? = nil, connectTimeout: Duration = .seconds(10),
        statementTimeout: Duration? = nil, sessionSettings: [String: String] = [:], pooling: PQPooling = .automatic,
        preparesStatements: Bool = true, preparedStatementLimit: Int = 256,
        noticeHandler: (@Sendable (PQNotice) -> Void)? = nil
    ) {
        self.url = url
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.sessionSettings = sessionSettings
        self.pooling = pooling
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

    /// The statements that put the settings in force until the session's end; empty if there are none.
    var sessionScript: String {
        settings.map { "SET \(PQStatement.quoted(identifier: $0)) = \(Self.quoted($1))" }.joined(separator: "; ")
    }

    /// The same until the transaction's end. It takes no snapshot, so it may stand in front of any other statement.
    var transactionScript: String {
        settings.map { "SET LOCAL \(PQStatement.quoted(identifier: $0)) = \(Self.quoted($1))" }.joined(separator: "; ")
    }

    /// The same as a query, for a transaction that is not begun by a statement; nil if there are no settings.
    var transactionSettingsQuery: String? {
        let calls = settings.map { "set_config(\(Self.quoted($0)), \(Self.quoted($1)), TRUE)" }
        return calls.isEmpty ? nil : "SELECT " + calls.joined(separator: ", ")
    }

    private var settings: [(name: String, value: String)] {
        var settings = sessionSettings
        if let statementTimeout { settings["statement_timeout"] = "\(max(1, statementTimeout.milliseconds))" }
        return settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
