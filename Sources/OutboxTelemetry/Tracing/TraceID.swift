/// Names a trace: 16 bytes, not all zero.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    /// Makes an id; nil if all is zero, which the recommendation forbids.
    public init?(high: UInt64, low: UInt64) {
        guard high != 0 || low != 0 else { return nil }
        self.init(nonZeroHigh: high, low: low)
    }

    private init(nonZeroHigh high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id.
    public static func random(using generator: inout some RandomNumberGenerator) -> TraceID {
        TraceID(nonZeroHigh: generator.next(), low: UInt64.random(in: 1...UInt64.max, using: &generator))
    }

    /// 32 hexadecimal digits, in lower case.
    public var description: String {
        Hexadecimal.format(high, digits: 16) + Hexadecimal.format(low, digits: 16)
    }
}
