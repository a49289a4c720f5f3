import CLibPQ

/// What somebody sent with NOTIFY.
public struct PQNotification: Sendable, Hashable {
    /// The channel that it was sent on.
    public var channel: String
    /// The text sent with it, often empty.
    public var payload: String
    /// The server process that sent it; ``PQConnection/backendProcessID`` tells whether that was oneself.
    public var processID: Int32

    init(_ notification: PGnotify) {
        channel = notification.relname.map { String(cString: $0) } ?? ""
        payload = notification.extra.map { String(cString: $0) } ?? ""
        processID = notification.be_pid
    }
}
