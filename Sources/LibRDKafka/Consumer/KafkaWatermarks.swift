/// The ends of a partition.
public struct KafkaWatermarks: Sendable, Hashable {
    /// The oldest record's offset.
    public var low: Int64
    /// The offset that the next record will get.
    public var high: Int64

    /// - Parameters:
    ///   - low: The oldest record's offset.
    ///   - high: The offset that the next record will get.
    public init(low: Int64, high: Int64) {
        self.low = low
        self.high = high
    }
}
