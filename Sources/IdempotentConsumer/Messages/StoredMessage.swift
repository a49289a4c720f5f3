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

    func withKnownHeaders<Result>(_ body: (KnownHeaders) -> Result) -> Result {
        // In one block, so that all can be lent at once.
        let block = headers.flatMap { Array($0.name.utf8) + ($0.value ?? []) }
        return block.withUnsafeBytes { bytes in
            var known = KnownHeaders()
            var start = 0
            for header in headers {
                let end = start + header.name.utf8.count
                let valueEnd = end + (header.value?.count ?? 0)
                known.note(
                    name: UnsafeRawBufferPointer(rebasing: bytes[start..<end]),
                    value: header.value == nil ? nil : UnsafeRawBufferPointer(rebasing: bytes[end..<valueEnd]))
                start = valueEnd
            }
            return body(known)
        }
    }

    private static func lend<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        bytes.map { bytes in bytes.withUnsafeBytes { body($0) } } ?? body(nil)
    }
}
