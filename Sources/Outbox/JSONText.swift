/// Small questions about JSON text that don't need a parser.
enum JSONText {
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")

    /// Whether the first character that is not white space opens an object.
    static func beginsAsObject(_ bytes: [UInt8]) -> Bool {
        bytes.first { !isWhiteSpace($0) } == openBrace
    }

    static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// One object with the members of both, those of `second` last: where both have a name, PostgreSQL's jsonb
    /// keeps the last, so `second` wins.
    ///
    /// - Parameters: two JSON objects as an encoder writes them, without white space around.
    static func merge(_ first: some Collection<UInt8>, _ second: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(first.count + second.count)
        if first.count <= 2 { return Array(second) }
        if second.count <= 2 { return Array(first) }
        result.append(contentsOf: first.dropLast())
        result.append(UInt8(ascii: ","))
        result.append(contentsOf: second.dropFirst())
        return result
    }
}
