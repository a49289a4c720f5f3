/// What a proxy does with the bytes.
enum ProxyMode: Sendable, Hashable {
    /// Passes them on.
    case pass
    /// Passes them on so much later.
    case delay(Duration)
    /// Keeps connections open, takes new ones, and carries nothing.
    case stall
    /// Ends new connections as soon as they are made.
    case refuse
}

/// A direction of connections.
enum ProxyDirection: Sendable {
    /// What the server says.
    case toClient
    /// What the client says.
    case toServer
}
