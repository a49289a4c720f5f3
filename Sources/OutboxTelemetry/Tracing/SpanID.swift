/// Names an operation within a trace: 8 bytes, not all zero.
public struct SpanID: Sendable, Hashable, CustomStringConvertible {
    /// The eight bytes, big-endian.
    public let value: UInt64

    /// Makes an id; nil if it is zero, which the recommendation forbids.
    public init?(_ value: UInt64) {
        guard value != 0 else { return nil }
        self.init(nonZero: value)
    }

    private init(nonZero value: UInt64) { self.value = value }

    /// A new id.
    public static func random(using generator: inout some RandomNumberGenerator) -> SpanID {
        SpanID(nonZero: UInt64.random(in: 1...UInt64.max, using: &generator))
    }

    /// 16 hexadecimal digits, in lower case.
    public var description: String { Hexadecimal.format(value, digits: 16) }
}
