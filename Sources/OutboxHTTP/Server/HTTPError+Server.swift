// What the server itself answers with.
extension HTTPError {
    static let bodyTooLarge = HTTPError(.contentTooLarge, "The body is too large.")
    static let stopping = HTTPError(.serviceUnavailable, "The server is stopping.")
    // Two ideas of where the body ends are how requests are smuggled.
    static let lengthGivenTwice = HTTPError(
        .badRequest, "The body's length is given twice.", headers: ["Connection": "close"])
}
