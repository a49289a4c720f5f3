/// Writes values as JSON text, members in their order.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: GraphQLValue) {
        switch value {
        case .null: write("null")
        case .boolean(let flag): write(flag ? "true" : "false")
        case .integer(let number): write(String(number))
        case .float(let number): write(number.isFinite ? String(number) : "null")
        case .string(let text), .enumeration(let text): write(string: text)
        case .list(let elements): write(elements, between: "[", "]") { $0.write($1) }
        case .object(let members):
            write(members, between: "{", "}") { writer, member in
                writer.write(string: member.name)
                writer.write(":")
                writer.write(member.value)
            }
        }
    }

    private mutating func write<Item>(
        _ items: [Item], between open: String, _ close: String, _ item: (inout JSONWriter, Item) -> Void
    ) {
        write(open)
        for (index, element) in items.enumerated() {
            if index > 0 { write(",") }
            item(&self, element)
        }
        write(close)
    }

    private mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func write(string: String) {
        bytes.append(Ascii.quote)
        for byte in string.utf8 {
            switch byte {
            case Ascii.quote, Ascii.backslash:
                bytes.append(Ascii.backslash)
                bytes.append(byte)
            case Ascii.lineFeed: write("\\n")
            case Ascii.carriageReturn: write("\\r")
            case Ascii.tab: write("\\t")
            case 0x08: write("\\b")
            case 0x0C: write("\\f")
            case 0..<0x10: write("\\u000" + String(byte, radix: 16))
            case 0x10..<0x20: write("\\u00" + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(Ascii.quote)
    }
}

extension GraphQLValue {
    /// The value as JSON text in UTF-8.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}
