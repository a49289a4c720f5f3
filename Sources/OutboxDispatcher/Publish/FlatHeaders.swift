/// Reads the members of a flat JSON object, as the column `headers` holds it, without making anything of them.
///
/// PostgreSQL wrote the text, so it is valid JSON; still nothing here relies on that.
struct FlatHeaders {
    private let text: UnsafeRawBufferPointer
    private var position = 0

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    /// Calls `body` with each member's name and value: strings as what they stand for, `null` as `nil`, everything
    /// else as its JSON text.
    ///
    /// - Returns: `false` when the text is not a JSON object.
    mutating func forEach(_ body: (_ name: [UInt8], _ value: [UInt8]?) -> Void) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let name = string(), take(UInt8(ascii: ":")) else { return false }
            skipSpace()
            if peek == UInt8(ascii: "\"") {
                guard let value = string() else { return false }
                body(name, value)
            } else {
                let value = raw()
                body(name, value.elementsEqual("null".utf8) ? nil : value)
            }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func string() -> [UInt8]? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var result: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return result
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                result.append(contentsOf: Array(String(Character(scalar)).utf8))
            default: result.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = peek else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            guard let high = hexadecimal() else { return nil }
            guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
            guard peek == UInt8(ascii: "\\") else { return nil }
            position += 1
            guard peek == UInt8(ascii: "u") else { return nil }
            position += 1
            guard let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else { return nil }
            return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        default: return Unicode.Scalar(byte)
        }
    }

    private mutating func hexadecimal() -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        let digits = String(decoding: text[position..<position + 4], as: UTF8.self)
        position += 4
        return UInt32(digits, radix: 16)
    }

    /// A number, a literal, or a nested value, as it stands.
    private mutating func raw() -> [UInt8] {
        let start = position
        var depth = 0
        var isInString = false
        while let byte = peek {
            if isInString {
                if byte == UInt8(ascii: "\\") { position += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return Array(text[start..<position]) }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0: return Array(text[start..<position])
                default: break
                }
            }
            position += 1
        }
        return Array(text[start..<min(position, text.count)])
    }
}
