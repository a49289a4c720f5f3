public import FoundationEssentials
import Synchronization

/// Time-ordered UUIDs, version 7 of RFC 9562: 48 bits of Unix milliseconds, then 12 bits that count within the
/// millisecond, then 62 random bits.
///
/// Ids made by one process grow strictly, so they index well; nothing relies on that.
public enum UUIDv7 {
    private static let last = Mutex<UInt64>(0)

    /// The next id.
    ///
    /// - Parameter milliseconds: Unix time in milliseconds; the wall clock unless given.
    public static func next(milliseconds: UInt64? = nil) -> UUID {
        let now = milliseconds ?? UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        // Time and counter as one number of 60 bits: when the clock stands still or steps back, it counts on.
        let ticks = last.withLock { last in
            last = max(last + 1, now << 12)
            return last
        }
        return make(ticks: ticks, random: UInt64.random(in: .min ... .max))
    }

    /// - Parameters:
    ///   - ticks: 48 bits of milliseconds above 12 bits of counter.
    ///   - random: of which 62 bits are used.
    static func make(ticks: UInt64, random: UInt64) -> UUID {
        let high = (ticks >> 12) << 16 | 0x7000 | ticks & 0xFFF
        let low = random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        func byte(_ value: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> (56 - 8 * index)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4),
                byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }
}
