/// Checks JSON text without building anything from it.
///
/// It takes what RFC 8259 allows, in valid UTF-8, nested up to a limit that keeps decoders behind it safe.
struct JSONScanner {
    static let maximumDepth = 256

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Checks that text is a JSON object.
    static func checkObject(_ bytes: UnsafeRawBufferPointer) throws(Malformation) {
        var scanner = JSONScanner(bytes)
        scanner.skipWhiteSpace()
        let isObject = scanner.peek == UInt8(ascii: "{")
        guard scanner.scanValue(depth: 0), scanner.skipToEnd() else { throw .badJSON(position: scanner.position) }
        guard isObject else { throw .notAnObject }
    }

    /// Finds a string member of an object that has been checked.
    /// - Returns: the member's text; nil where it is missing, no string, or an escape in it has no meaning.
    static func string(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> String? {
        let wanted = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var scanner = JSONScanner(bytes)
        scanner.skipWhiteSpace()
        guard scanner.take(UInt8(ascii: "{")) else { return nil }
        var found: String?
        while true {
            scanner.skipWhiteSpace()
            let start = scanner.position
            guard scanner.scanString() else { return found }
            let key = UnsafeRawBufferPointer(rebasing: bytes[start + 1..<scanner.position - 1])
            scanner.skipWhiteSpace()
            guard scanner.take(UInt8(ascii: ":")) else { return found }
            scanner.skipWhiteSpace()
            let valueStart = scanner.position
            let isString = scanner.peek == UInt8(ascii: "\"")
            guard scanner.scanValue(depth: 1) else { return found }
            // The last of several counts, as in jsonb.
            if key.elementsEqual(wanted) {
                found =
                    isString
                    ? unescaped(UnsafeRawBufferPointer(rebasing: bytes[valueStart + 1..<scanner.position - 1])) : nil
            }
            scanner.skipWhiteSpace()
            guard scanner.take(UInt8(ascii: ",")) else { return found }
        }
    }

    // MARK: Scanning

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func skipToEnd() -> Bool {
        skipWhiteSpace()
        return position == bytes.count
    }

    private mutating func scanValue(depth: Int) -> Bool {
        guard let first = peek else { return false }
        switch first {
        case UInt8(ascii: "{"): return scanObject(depth: depth)
        case UInt8(ascii: "["): return scanArray(depth: depth)
        case UInt8(ascii: "\""): return scanString()
        case UInt8(ascii: "t"): return scan("true")
        case UInt8(ascii: "f"): return scan("false")
        case UInt8(ascii: "n"): return scan("null")
        default: return scanNumber()
        }
    }

    private mutating func scanObject(depth: Int) -> Bool {
        guard depth < Self.maximumDepth else { return false }
        position += 1
        skipWhiteSpace()
        if take(UInt8(ascii: "}")) { return true }
        while true {
            skipWhiteSpace()
            guard scanString() else { return false }
            skipWhiteSpace()
            guard take(UInt8(ascii: ":")) else { return false }
            skipWhiteSpace()
            guard scanValue(depth: depth + 1) else { return false }
            skipWhiteSpace()
            if take(UInt8(ascii: "}")) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func scanArray(depth: Int) -> Bool {
        guard depth < Self.maximumDepth else { return false }
        position += 1
        skipWhiteSpace()
        if take(UInt8(ascii: "]")) { return true }
        while true {
            skipWhiteSpace()
            guard scanValue(depth: depth + 1) else { return false }
            skipWhiteSpace()
            if take(UInt8(ascii: "]")) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func scan(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
        position += count
        return true
    }

    private mutating func scanNumber() -> Bool {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard scanDigits() else { return false } }
        if take(UInt8(ascii: ".")) { guard scanDigits() else { return false } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard scanDigits() else { return false }
        }
        return true
    }

    private mutating func scanDigits() -> Bool {
        let start = position
        while let byte = peek, byte >= 0x30, byte <= 0x39 { position += 1 }
        return position > start
    }

    private mutating func scanString() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return true
            case UInt8(ascii: "\\"):
                guard scanEscape() else { return false }
            case 0x20..<0x80: position += 1
            case 0x80...:
                guard scanMultibyte(first: byte) else { return false }
            default: return false
            }
        }
        return false
    }

    private mutating func scanEscape() -> Bool {
        guard position + 1 < bytes.count else { return false }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
            return true
        case UInt8(ascii: "u"):
            guard Self.hexadecimal(bytes, at: position + 2) != nil else { return false }
            position += 6
            return true
        default: return false
        }
    }

    /// Takes one character of two to four bytes: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    private mutating func scanMultibyte(first: UInt8) -> Bool {
        let (length, low, high): (Int, UInt8, UInt8)
        switch first {
        case 0xC2...0xDF: (length, low, high) = (2, 0x80, 0xBF)
        case 0xE0: (length, low, high) = (3, 0xA0, 0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, low, high) = (3, 0x80, 0xBF)
        case 0xED: (length, low, high) = (3, 0x80, 0x9F)
        case 0xF0: (length, low, high) = (4, 0x90, 0xBF)
        case 0xF1...0xF3: (length, low, high) = (4, 0x80, 0xBF)
        case 0xF4: (length, low, high) = (4, 0x80, 0x8F)
        default: return false
        }
        guard bytes.count - position >= length, bytes[position + 1] >= low, bytes[position + 1] <= high else {
            return false
        }
        for index in 2..<max(2, length) where bytes[position + index] & 0xC0 != 0x80 { return false }
        position += length
        return true
    }

    // MARK: Unescaping

    private static func unescaped(_ text: UnsafeRawBufferPointer) -> String? {
        guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
        var units: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
                units.append(text[index])
                index += 1
                continue
            }
            let escape = text[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                guard let unit = hexadecimal(text, at: index) else { return nil }
                index += 4
                var scalar = UInt32(unit)
                if (0xD800..<0xDC00).contains(unit) {
                    guard index + 1 < text.count, text[index] == UInt8(ascii: "\\"),
                        text[index + 1] == UInt8(ascii: "u"), let low = hexadecimal(text, at: index + 2),
                        (0xDC00..<0xE000).contains(low)
                    else { return nil }
                    index += 6
                    scalar = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
                }
                guard let character = Unicode.Scalar(scalar) else { return nil }
                units.append(contentsOf: String(character).utf8)
            default: units.append(escape)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt16? {
        guard bytes.count - index >= 4 else { return nil }
        var value: UInt16 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = UUIDText.digit(byte) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
