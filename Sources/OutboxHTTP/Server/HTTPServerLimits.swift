/// What a server takes from its clients.
public struct HTTPServerLimits: Sendable, Hashable {
    /// The largest request body; more is answered with 413.
    public var maximumBodyBytes = 1_048_576
    /// Memory for a request's line and headers; more is answered with 431 or 414.
    public var maximumHeaderBytes = 32_768
    /// Connections at once; more wait to be accepted.
    public var maximumConnections = 256
    /// How long a connection may be silent.
    public var idleTimeout: Duration = .seconds(30)
    /// How long a connection may take for a whole request, the wait for it included. Bounds clients that send a byte
    /// now and then.
    public var requestTimeout: Duration = .seconds(60)
    /// How long a handler may take; then it is cancelled and the client gets 503.
    public var handlerTimeout: Duration = .seconds(30)
    /// How long a client may take to fetch a response that is not a stream.
    public var responseTimeout: Duration = .seconds(60)
    /// How long requests may go on once the server stops.
    public var gracePeriod: Duration = .seconds(10)

    /// The defaults.
    public init() {}

    /// How much beyond ``maximumBodyBytes`` is read, and thrown away, for the sake of a client that would not see its
    /// 413 otherwise.
    var maximumSurplusBytes: Int { max(4 * maximumBodyBytes, 1_048_576) }
}
