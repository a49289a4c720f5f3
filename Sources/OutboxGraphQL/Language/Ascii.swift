/// The bytes that the grammar names.
enum Ascii {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let zero = UInt8(ascii: "0")
    static let dot = UInt8(ascii: ".")
    static let plus = UInt8(ascii: "+")
    static let minus = UInt8(ascii: "-")
    static let underscore = UInt8(ascii: "_")

    static func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte >= zero && byte <= UInt8(ascii: "9")
    }

    static func isNameStart(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        let lower = byte | 0x20
        return byte == underscore || (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
    }

    static func isNameContinue(_ byte: UInt8?) -> Bool {
        isNameStart(byte) || isDigit(byte)
    }

    static func hexDigit(_ byte: UInt8?) -> UInt32? {
        switch byte {
        case .some(let byte) where isDigit(byte): UInt32(byte - zero)
        case .some(let byte) where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20):
            UInt32((byte | 0x20) - UInt8(ascii: "a")) + 10
        default: nil
        }
    }
}
