#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An answer to a request.
public struct HTTPResponse: Sendable {
    /// The status.
    public var status: HTTPStatus
    /// The header fields; `Date`, `Content-Length` and `Connection` are the server's business.
    public var headers: HTTPHeaders
    /// The body.
    public var body: HTTPBody

    /// Makes a response.
    public init(_ status: HTTPStatus = .ok, headers: HTTPHeaders = [:], body: HTTPBody = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Plain text in UTF-8.
    public static func text(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        bytes(Array(text.utf8), contentType: "text/plain; charset=utf-8", status: status)
    }

    /// JSON that is bytes already.
    public static func json(_ bytes: [UInt8], status: HTTPStatus = .ok) -> HTTPResponse {
        self.bytes(bytes, contentType: "application/json", status: status)
    }

    /// A value as JSON, keys sorted.
    ///
    /// - Throws: What encoding the value throws.
    public static func json(encoding value: some Encodable, status: HTTPStatus = .ok) throws -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return json(Array(try encoder.encode(value)), status: status)
    }

    /// Bytes of a media type.
    public static func bytes(
        _ bytes: [UInt8], contentType: String, status: HTTPStatus = .ok
    ) -> HTTPResponse {
        HTTPResponse(status, headers: ["Content-Type": contentType], body: .bytes(bytes))
    }

    /// A body that is sent while it is made.
    ///
    /// - Parameters:
    ///   - isEndless: True for what never ends by itself, such as server-sent events: it is ended as soon as the server
    ///     stops, whereas other streams get the grace period.
    ///   - produce: Writes the body; is cancelled when the client goes away. A throw breaks the connection, so that
    ///     the client notices.
    public static func stream(
        contentType: String, status: HTTPStatus = .ok, isEndless: Bool = false,
        _ produce: @escaping @Sendable (HTTPBodyWriter) async throws -> Void
    ) -> HTTPResponse {
        HTTPResponse(
            status, headers: ["Content-Type": contentType], body: .stream(isEndless: isEndless, produce))
    }

    /// A body from an asynchronous sequence of chunks.
    public static func stream<Chunks: AsyncSequence & Sendable>(
        contentType: String, status: HTTPStatus = .ok, isEndless: Bool = false, chunks: Chunks
    ) -> HTTPResponse where Chunks.Element == [UInt8] {
        stream(contentType: contentType, status: status, isEndless: isEndless) { writer in
            for try await chunk in chunks { try await writer.write(chunk) }
        }
    }

    /// A JSON object with one member, `error`.
    public static func error(_ status: HTTPStatus, _ message: String) -> HTTPResponse {
        let body = (try? JSONEncoder().encode(["error": message])).map { Array($0) } ?? []
        return json(body, status: status)
    }
}
