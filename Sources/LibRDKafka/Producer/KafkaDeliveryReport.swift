/// Where a record was stored, or why it was not.
public struct KafkaDeliveryReport: Sendable, Hashable {
    /// The record's partition; -1 if none was chosen.
    public var partition: Int32
    /// The record's offset; negative if it is not known, as after an error.
    public var offset: Int64
    /// nil: acknowledged. ``KafkaError/Code/purgedInFlight`` and time-outs leave open whether it is on the topic.
    public var error: KafkaError?

    /// - Parameters:
    ///   - partition: The record's partition.
    ///   - offset: The record's offset.
    ///   - error: nil if it was acknowledged.
    public init(partition: Int32, offset: Int64, error: KafkaError? = nil) {
        self.partition = partition
        self.offset = offset
        self.error = error
    }
}
