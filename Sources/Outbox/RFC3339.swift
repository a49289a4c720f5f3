public import FoundationEssentials

/// Timestamps as RFC 3339 text in UTC with microseconds, e.g. `2026-01-31T09:30:00.000250Z`.
public enum RFC3339 {
    /// - Parameter date: years 0000 to 9999.
    public static func format(_ date: Date) -> String {
        format(microseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
    }

    /// - Parameter microseconds: since 1970-01-01T00:00:00Z.
    public static func format(microseconds: Int64) -> String {
        let (days, ofDay) = microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = civil(fromDays: days)
        let seconds = ofDay / 1_000_000
        return String(unsafeUninitializedCapacity: 27) { buffer in
            var position = 0
            func digits(_ value: Int64, _ count: Int) {
                var rest = value
                for index in stride(from: position + count - 1, through: position, by: -1) {
                    buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                position += count
            }
            func mark(_ character: Unicode.Scalar) {
                buffer[position] = UInt8(ascii: character)
                position += 1
            }
            digits(min(max(year, 0), 9999), 4)
            mark("-")
            digits(month, 2)
            mark("-")
            digits(day, 2)
            mark("T")
            digits(seconds / 3600, 2)
            mark(":")
            digits(seconds / 60 % 60, 2)
            mark(":")
            digits(seconds % 60, 2)
            mark(".")
            digits(ofDay % 1_000_000, 6)
            mark("Z")
            return position
        }
    }

    /// Reads any RFC 3339 timestamp: an offset or `Z`, up to nanoseconds (what is below microseconds is dropped).
    ///
    /// - Returns: `nil` when the text is not one.
    public static func parse(_ text: String) -> Date? {
        microseconds(parsing: text).map { Date(timeIntervalSince1970: Double($0) / 1_000_000) }
    }

    /// - Returns: microseconds since 1970-01-01T00:00:00Z, or `nil` when the text is not a timestamp.
    public static func microseconds(parsing text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        func number(_ count: Int) -> Int64? {
            guard rest.count >= count else { return nil }
            var value: Int64 = 0
            for byte in rest.prefix(count) {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            rest = rest.dropFirst(count)
            return value
        }
        func take(_ allowed: String) -> UInt8? {
            guard let byte = rest.first, allowed.utf8.contains(byte) else { return nil }
            rest = rest.dropFirst()
            return byte
        }
        guard let year = number(4), take("-") != nil, let month = number(2), take("-") != nil, let day = number(2),
            take("Tt ") != nil, let hour = number(2), take(":") != nil, let minute = number(2), take(":") != nil,
            let second = number(2), (1...12).contains(month), day >= 1,
            day <= daysInMonth(year: year, month: month), hour <= 23, minute <= 59, second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if take(".") != nil {
            var scale: Int64 = 100_000
            var digits = 0
            while let digit = rest.first.flatMap({ (0x30...0x39).contains($0) ? Int64($0 - 0x30) : nil }) {
                fraction += digit * scale
                scale /= 10
                digits += 1
                rest = rest.dropFirst()
            }
            guard (1...9).contains(digits) else { return nil }
        }
        var offset: Int64 = 0
        if take("Zz") == nil {
            guard let sign = take("+-"), let hours = number(2), take(":") != nil, let minutes = number(2), hours <= 23,
                minutes <= 59
            else { return nil }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
        }
        guard rest.isEmpty else { return nil }
        let seconds = days(fromCivil: year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return seconds * 1_000_000 + fraction
    }

    private static func daysInMonth(year: Int64, month: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return isLeap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    // The proleptic Gregorian calendar in eras of 400 years that begin on 1 March: a leap day is a year's last.
    private static let daysPerEra: Int64 = 146_097
    private static let daysToEpoch: Int64 = 719_468

    private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * daysPerEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - daysToEpoch
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + daysToEpoch).flooredDivision(by: daysPerEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
