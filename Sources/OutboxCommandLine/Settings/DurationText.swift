/// Durations as people write them: `250ms`, `5s`, `10m`, `168h`, `7d`; also with a fraction: `1.5s`.
public enum DurationText {
    private static let units: [(suffix: String, nanoseconds: Int64)] = [
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]

    /// - Returns: `nil` when the text is not a duration, is negative, or is longer than 290 years.
    public static func parse(_ text: String) -> Duration? {
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else {
            return text == "0" ? .zero : nil
        }
        let number = text.dropLast(unit.suffix.utf8.count)
        guard let first = number.utf8.first, (0x30...0x39).contains(first),
            number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        if let whole = Int64(number) {
            let (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
            return overflow ? nil : .nanoseconds(nanoseconds)
        }
        guard let value = Double(number), value * Double(unit.nanoseconds) < Double(Int64.max) else { return nil }
        return .nanoseconds(Int64((value * Double(unit.nanoseconds)).rounded()))
    }

    /// In the largest unit that gives a whole number, e.g. `168h`.
    public static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !nanoseconds.overflow else { return "\(seconds)s" }
        let total = nanoseconds.partialValue + attoseconds / 1_000_000_000
        if total == 0 { return "0s" }
        for (suffix, size) in units.sorted(by: { $0.nanoseconds > $1.nanoseconds }) where suffix != "d" {
            if total % size == 0 { return "\(total / size)\(suffix)" }
        }
        return "\(total)ns"
    }
}
