/// What goes wrong with a request or the server.
///
/// A handler may throw it: the client gets the status and the message. Anything else a handler throws is logged, and
/// the client gets a plain 500; see ``HTTPRouter/onFailure(_:)``.
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

    /// What clients may know of an error: an ``HTTPError`` itself; 503 for a cancellation; 500 without details else.
    public init(describing error: any Error) {
        switch error {
        case let error as HTTPError: self = error
        case is CancellationError: self.init(.serviceUnavailable, "The request was cancelled.")
        default: self.init(.internalServerError, "Something went wrong; the server's log says what.")
        }
    }

    public var description: String { "\(status): \(message)" }
}
