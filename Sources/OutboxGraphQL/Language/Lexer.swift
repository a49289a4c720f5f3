/// Cuts a document's text into tokens, one at a time.
struct Lexer {
    let source: SourceText
    private var position = 0

    init(_ source: SourceText) {
        self.source = source
    }

    /// The next token; at the end of the text always ``Token/Kind/endOfDocument``.
    mutating func next() throws(SyntaxError) -> Token {
        skipIgnored()
        let start = position
        guard let first = byte(at: start) else { return Token(kind: .endOfDocument, range: start..<start) }
        switch first {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            position += 1
            return Token(kind: .punctuator(first), range: start..<position)
        case Ascii.dot where byte(at: start + 1) == Ascii.dot && byte(at: start + 2) == Ascii.dot:
            position += 3
            return Token(kind: .spread, range: start..<position)
        case Ascii.quote:
            return try string(from: start)
        case Ascii.minus:
            return try number(from: start)
        case _ where Ascii.isDigit(first):
            return try number(from: start)
        case _ where Ascii.isNameStart(first):
            while Ascii.isNameContinue(byte(at: position)) { position += 1 }
            return Token(kind: .name, range: start..<position)
        default:
            throw SyntaxError("unexpected character \(character(at: start))", at: start)
        }
    }

    /// White space, line ends, commas, comments and byte order marks.
    private mutating func skipIgnored() {
        while let byte = byte(at: position) {
            switch byte {
            case Ascii.space, Ascii.tab, Ascii.lineFeed, Ascii.carriageReturn, UInt8(ascii: ","):
                position += 1
            case UInt8(ascii: "#"):
                while let next = self.byte(at: position), next != Ascii.lineFeed, next != Ascii.carriageReturn {
                    position += 1
                }
            case 0xEF where self.byte(at: position + 1) == 0xBB && self.byte(at: position + 2) == 0xBF:
                position += 3
            default:
                return
            }
        }
    }

    private mutating func string(from start: Int) throws(SyntaxError) -> Token {
        var reader = StringReader(source, at: start)
        let (kind, text) = try reader.read()
        position = reader.position
        return Token(kind: kind, range: start..<position, string: text)
    }

    private mutating func number(from start: Int) throws(SyntaxError) -> Token {
        var kind = Token.Kind.integer
        if byte(at: position) == Ascii.minus { position += 1 }
        if byte(at: position) == Ascii.zero {
            position += 1
            if Ascii.isDigit(byte(at: position)) {
                throw SyntaxError("a number does not begin with 0 unless that is all before the point", at: position)
            }
        } else {
            try digits()
        }
        if byte(at: position) == Ascii.dot {
            kind = .float
            position += 1
            try digits()
        }
        if let sign = byte(at: position), sign | 0x20 == UInt8(ascii: "e") {
            kind = .float
            position += 1
            if let sign = byte(at: position), sign == Ascii.plus || sign == Ascii.minus { position += 1 }
            try digits()
        }
        if let next = byte(at: position), next == Ascii.dot || Ascii.isNameStart(next) {
            throw SyntaxError("a number cannot go on with \(character(at: position))", at: position)
        }
        return Token(kind: kind, range: start..<position)
    }

    private mutating func digits() throws(SyntaxError) {
        guard Ascii.isDigit(byte(at: position)) else {
            throw SyntaxError("a number needs a digit here, not \(character(at: position))", at: position)
        }
        while Ascii.isDigit(byte(at: position)) { position += 1 }
    }

    private func byte(at index: Int) -> UInt8? {
        index < source.bytes.count ? source.bytes[index] : nil
    }

    private func character(at index: Int) -> String {
        source.character(at: index)
    }
}
