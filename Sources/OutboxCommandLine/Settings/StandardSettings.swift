public import LibPQ
public import OutboxHTTP
public import OutboxTelemetry

/// The settings that tools share.
public enum StandardSettings {
    /// The database that holds the outbox.
    public static let databaseURL = Setting(
        "DATABASE_URL", ValueParser.text("url"),
        help: "libpq URL of the database that holds the outbox, TLS options and all",
        isRequired: true, redact: redactedURL)

    /// Whether poolers stand before the databases.
    public static let databasePooling = Setting(
        "OUTBOX_DATABASE_POOLING", ValueParser<PQPooling>.choice(),
        help: "whether a pooler such as PgBouncer lends a database session per transaction; auto finds out",
        default: "auto")

    /// What a command takes that works on the outbox's database.
    public static let database = [databaseURL.definition, databasePooling.definition]

    /// What a command takes that works on the read model's database.
    public static let queryDatabase = [queryDatabaseURL.definition, databasePooling.definition]

    /// The read model's database.
    public static let queryDatabaseURL = Setting(
        "QUERY_DATABASE_URL", ValueParser.text("url"), help: "libpq URL of the read model's database",
        isRequired: true, redact: redactedURL)

    public static let bootstrapServers = Setting(
        "KAFKA_BOOTSTRAP_SERVERS", ValueParser.text("host:port,…"), help: "Kafka brokers to begin with",
        default: "localhost:9092")

    public static let logLevel = Setting(
        "OUTBOX_LOG_LEVEL", ValueParser<Logger.Level>.choice(), help: "the least severe log lines that are written",
        default: "info")

    public static let logFormat = Setting(
        "OUTBOX_LOG_FORMAT", ValueParser<LogFormat>.choice(), help: "how log lines look", default: "logfmt")

    public static let httpAddress = Setting(
        "OUTBOX_HTTP_ADDRESS",
        ValueParser<HTTPAddress>(
            valueName: "host:port|off", allowed: "host:port, e.g. 127.0.0.1:9464 or [::1]:0, or off"
        ) { HTTPAddress($0) },
        help: "where health and metrics are served; port 0 takes a free one and logs it, off serves nothing",
        default: "127.0.0.1:9464")

    public static let logging: [SettingDefinition] = [logLevel.definition, logFormat.definition]

    private static func redactedURL(_ url: String) -> String { PQConfiguration(url: url).redactedURL }
}
