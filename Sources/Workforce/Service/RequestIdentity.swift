public import OutboxHTTP

/// The ids by which a request can be found again: in its answer, in the log, in its events and in the audit.
///
/// A client may give both, in `X-Request-Id` and `X-Correlation-Id`: 1 to 128 letters, digits and `. _ - : / + = @`.
/// What is not so is not taken over; then, and where none is given, the request's id is made and the correlation id is
/// the request's id.
public struct RequestIdentity: Sendable, Hashable {
    public static let requestHeader = "X-Request-Id"
    public static let correlationHeader = "X-Correlation-Id"

    /// Names this request.
    public let requestID: String
    /// Ties together all that one business action caused.
    public let correlationID: String

    /// The same for the same request, wherever it is asked for.
    public init(_ request: HTTPRequest) {
        requestID = Self.wellFormed(request.headers[Self.requestHeader]) ?? request.id.text
        correlationID = Self.wellFormed(request.headers[Self.correlationHeader]) ?? requestID
    }

    /// Puts the ids into an answer.
    func mark(_ response: inout HTTPResponse) {
        response.headers[Self.requestHeader] = requestID
        response.headers[Self.correlationHeader] = correlationID
    }

    private static func wellFormed(_ text: String?) -> String? {
        guard let text, (1...128).contains(text.utf8.count) else { return nil }
        return text.utf8.allSatisfy(isSafe) ? text : nil
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}

extension HTTPRequest {
    /// The ids by which this request can be found again.
    public var identity: RequestIdentity { RequestIdentity(self) }
}
