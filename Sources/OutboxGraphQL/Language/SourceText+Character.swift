extension SourceText {
    /// The character at an offset as an error message shows it: printable ASCII in quotes, others by number.
    func character(at offset: Int) -> String {
        guard offset < bytes.count else { return "the end of the document" }
        guard let scalar = String(decoding: bytes[offset...].prefix(4), as: UTF8.self).unicodeScalars.first else {
            return "U+FFFD"
        }
        if scalar.isASCII, scalar.value >= 0x20, scalar.value < 0x7F {
            return "\"\(Character(scalar))\""
        }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
