/// A document's text. Everything parsed from it keeps its offset into these bytes, which also is its identity.
struct SourceText: Sendable {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Where the byte at an offset stands.
    func location(at offset: Int) -> GraphQLError.Location {
        var line = 1
        var column = 1
        for index in 0..<min(offset, bytes.count) {
            let byte = bytes[index]
            if byte == Ascii.lineFeed || (byte == Ascii.carriageReturn && !isLineFeed(at: index + 1)) {
                line += 1
                column = 1
            } else if byte & 0b1100_0000 != 0b1000_0000 {
                // Every scalar counts once, by its first byte.
                column += 1
            }
        }
        return GraphQLError.Location(line: line, column: column)
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func isLineFeed(at index: Int) -> Bool {
        index < bytes.count && bytes[index] == Ascii.lineFeed
    }
}
