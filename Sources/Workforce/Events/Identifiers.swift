/// What codes and tenants look like. Neither can contain a colon, so keys made of them can be taken apart again.
enum Identifiers {
    /// `[A-Z0-9][A-Z0-9_-]{0,63}`
    static func isCode(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, isUpperCaseOrDigit(first) else { return false }
        return bytes.allSatisfy { isUpperCaseOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    /// `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`
    static func isTenant(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, isLetterOrDigit(first) else { return false }
        return bytes.allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isUpperCaseOrDigit(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isUpperCaseOrDigit(byte) || (0x61...0x7A).contains(byte)
    }
}
