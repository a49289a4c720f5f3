/// What goes wrong with a request or the server.
///
/// A handler may throw it: the client gets the status and the message. Anything else a handler throws is logged, and
/// the client gets a plain 500.
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// The status for the client.
    public var status: HTTPStatus
    /// What is wrong and what to do; the client sees it.
    public var message: String
    /// Header fields for the response.
    public var headers: HTTPHeaders

    /// Makes an error.
    public init(_ status: HTTPStatus, _ message: String, headers: HTTPHeaders = [:]) {
        self.status = status
        self.message = message
        self.headers = headers
    }

    public var description: String { "\(status): \(message)" }
}
