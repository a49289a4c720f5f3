/// The rules for names of metrics and labels.
public enum MetricName {
    /// Whether a metric may be called so: a letter or `_`, then letters, digits and `_`.
    ///
    /// Colons are left to recording rules.
    public static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 200 else { return false }
        return !isDigit(first) && name.utf8.allSatisfy(isPart)
    }

    /// A name that is valid: what may not stand in it becomes `_`.
    static func repaired(_ name: String) -> String {
        if isValid(name) { return name }
        var bytes = name.utf8.prefix(200).map { isPart($0) ? $0 : UInt8(ascii: "_") }
        if bytes.first.map(isDigit) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
