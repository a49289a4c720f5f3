/// Reads one string or block string.
struct StringReader {
    private let source: SourceText
    private(set) var position: Int

    /// - Parameter start: where the opening quote stands.
    init(_ source: SourceText, at start: Int) {
        self.source = source
        self.position = start
    }

    mutating func read() throws(SyntaxError) -> (Token.Kind, String) {
        guard startsQuotes(at: position) else { return (.string, try simpleString()) }
        return (.blockString, try blockString())
    }

    private mutating func simpleString() throws(SyntaxError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = byte(at: position) {
            switch byte {
            case Ascii.quote:
                position += 1
                return String(decoding: text, as: UTF8.self)
            case Ascii.backslash:
                text.append(contentsOf: String(Character(try escape())).utf8)
            case Ascii.lineFeed, Ascii.carriageReturn:
                throw unterminated()
            default:
                text.append(byte)
                position += 1
            }
        }
        throw unterminated()
    }

    private mutating func blockString() throws(SyntaxError) -> String {
        position += 3
        var lines: [[UInt8]] = [[]]
        while let byte = byte(at: position) {
            switch byte {
            case Ascii.quote where startsQuotes(at: position):
                position += 3
                return BlockString.text(ofLines: lines)
            case Ascii.backslash where startsQuotes(at: position + 1):
                lines[lines.count - 1].append(contentsOf: [Ascii.quote, Ascii.quote, Ascii.quote])
                position += 4
            case Ascii.lineFeed, Ascii.carriageReturn:
                position += byte == Ascii.carriageReturn && self.byte(at: position + 1) == Ascii.lineFeed ? 2 : 1
                lines.append([])
            default:
                lines[lines.count - 1].append(byte)
                position += 1
            }
        }
        throw unterminated()
    }

    /// What a backslash and the characters after it stand for.
    private mutating func escape() throws(SyntaxError) -> Unicode.Scalar {
        let start = position
        position += 2
        switch byte(at: start + 1) {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let scalar = byte(at: position) == UInt8(ascii: "{") ? bracedScalar() : fixedScalar() else {
                throw SyntaxError("this escape names no Unicode character", at: start)
            }
            return scalar
        default:
            throw SyntaxError("there is no such escape in a string", at: start)
        }
    }

    /// `{1F600}`: up to eight digits.
    private mutating func bracedScalar() -> Unicode.Scalar? {
        position += 1
        var value: UInt32 = 0
        var digits = 0
        while let digit = Ascii.hexDigit(byte(at: position)), digits < 8 {
            value = value << 4 | digit
            digits += 1
            position += 1
        }
        guard digits > 0, byte(at: position) == UInt8(ascii: "}") else { return nil }
        position += 1
        return Unicode.Scalar(value)
    }

    /// Four digits; two such escapes may make a surrogate pair, as in JSON.
    private mutating func fixedScalar() -> Unicode.Scalar? {
        guard let first = fourDigits() else { return nil }
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
        guard byte(at: position) == Ascii.backslash, byte(at: position + 1) == UInt8(ascii: "u") else { return nil }
        position += 2
        guard let second = fourDigits(), (0xDC00...0xDFFF).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func fourDigits() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Ascii.hexDigit(byte(at: position)) else { return nil }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private func startsQuotes(at index: Int) -> Bool {
        (index..<index + 3).allSatisfy { byte(at: $0) == Ascii.quote }
    }

    private func unterminated() -> SyntaxError {
        SyntaxError("a string is not closed", at: position)
    }

    private func byte(at index: Int) -> UInt8? {
        index < source.bytes.count ? source.bytes[index] : nil
    }
}
