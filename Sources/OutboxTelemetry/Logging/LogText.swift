/// Turns texts of any origin into pieces of a log line.
enum LogText {
    /// Longer values are cut: a line must stay readable and cheap whatever is thrown at it.
    static let maximumBytes = 16_384

    static func appendLogfmt(_ text: String, to line: inout [UInt8]) {
        let isPlain = !text.isEmpty && text.utf8.count <= maximumBytes && text.utf8.allSatisfy(isPlain)
        if isPlain {
            line.append(contentsOf: text.utf8)
        } else {
            appendJSON(text, to: &line)
        }
    }

    static func appendLogfmtKey(_ key: String, to line: inout [UInt8]) {
        if key.isEmpty { line.append(UInt8(ascii: "_")) }
        for scalar in key.unicodeScalars.prefix(128) {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": line.append(UInt8(truncatingIfNeeded: scalar.value))
            default: line.append(UInt8(ascii: "_"))
            }
        }
    }

    /// A JSON string in which nothing unprintable is left.
    static func appendJSON(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        var budget = maximumBytes
        for scalar in text.unicodeScalars {
            budget -= UTF8.width(scalar)
            if budget < 0 {
                line.append(contentsOf: "…".utf8)
                break
            }
            switch scalar {
            case "\"": line.append(contentsOf: #"\""#.utf8)
            case "\\": line.append(contentsOf: #"\\"#.utf8)
            case "\n": line.append(contentsOf: #"\n"#.utf8)
            case "\r": line.append(contentsOf: #"\r"#.utf8)
            case "\t": line.append(contentsOf: #"\t"#.utf8)
            case _ where mustEscape(scalar): appendEscape(scalar, to: &line)
            default: line.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"),
            UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: ","), UInt8(ascii: "%"):
            true
        default: false
        }
    }

    /// Controls (C0, DEL, C1) and the characters that reorder or hide text on a screen.
    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE007F: true
        default: false
        }
    }

    private static func appendEscape(_ scalar: Unicode.Scalar, to line: inout [UInt8]) {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
            let digits = String(unit, radix: 16)
            line.append(contentsOf: #"\u"#.utf8)
            for _ in digits.utf8.count..<4 { line.append(UInt8(ascii: "0")) }
            line.append(contentsOf: digits.utf8)
        }
    }
}
