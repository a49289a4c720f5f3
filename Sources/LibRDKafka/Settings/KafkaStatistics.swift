/// A client's statistics, as librdkafka emits them every `statistics.interval.ms`.
public struct KafkaStatistics: Sendable {
    /// The JSON object that librdkafka's STATISTICS.md describes, in UTF-8.
    public let json: [UInt8]

    /// - Parameter json: The JSON object in UTF-8.
    public init(json: [UInt8]) {
        self.json = json
    }
}
