// What the server itself answers with.
extension HTTPError {
    static let bodyTooLarge = HTTPError(.contentTooLarge, "The body is too large.")
    static let stopping = HTTPError(.serviceUnavailable, "The server is stopping.")
}
