/// A record with all its bytes in memory: one that waits in the database, or goes to the dead-letter topic.
struct StoredMessage: Sendable, Hashable {
    struct Header: Sendable, Hashable {
        var name: String
        var value: [UInt8]?
    }

    var topic: String
    var partition: Int32
    var offset: Int64
    /// Milliseconds since 1970; nil where the record has none.
    var timestamp: Int64?
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [Header]
}

extension StoredMessage: MessageSource {
    func withKeyBytes<Result>(_ body: (UnsafeRawBufferPointer?) -> Result) -> Result { Self.lend(key, body) }

    func withValueBytes<Result>(_ body: (UnsafeRawBufferPointer?) -> Result) -> Result { Self.lend(value, body) }

    func withHeaderBytes<Result>(_ name: String, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        return Self.lend(headers.first { $0.name == name }?.value, body)
    }

    private static func lend<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        bytes.map { bytes in bytes.withUnsafeBytes { body($0) } } ?? body(nil)
    }
}
