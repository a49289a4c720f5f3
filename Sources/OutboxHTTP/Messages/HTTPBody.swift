/// A response's body.
public enum HTTPBody: Sendable {
    /// All of it.
    case bytes([UInt8])
    /// Sent in chunks while it is made; see ``HTTPResponse/stream(contentType:status:isEndless:_:)``.
    case stream(isEndless: Bool, @Sendable (HTTPBodyWriter) async throws -> Void)
}
