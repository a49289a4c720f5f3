/// What a server answered.
public struct HTTPAnswer: Sendable {
    /// The status code.
    public let status: Int
    /// The headers; look one up with ``header(_:)``.
    public let headers: [String: String]
    /// The body's bytes.
    public let body: [UInt8]

    /// The body as text; bytes that aren't UTF-8 show as U+FFFD.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a header, however its name is spelled; several of one name are joined by commas.
    public func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.key.lowercased() == name }?.value
    }

    init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
