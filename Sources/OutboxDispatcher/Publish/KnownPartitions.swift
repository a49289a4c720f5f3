/// The partitions whose brokers know a producer, because they have acknowledged a record of it.
///
/// A broker that has nothing of a producer yet takes whatever sequence number comes first, not only 0 (KAFKA-14312,
/// KAFKA-15591, KAFKA-19880; `ProducerAppendInfo.checkSequence` up to Kafka 4.3). So of two requests in flight it may
/// refuse the first and take the second, and idempotence does not hold the order. Until a partition is known, a batch
/// therefore sends one record to it, and what is behind waits for the next claim.
struct KnownPartitions {
    /// Brokers forget producers (`producer.id.expiration.ms`, a day unless changed), and topics are made anew.
    static let memory: Duration = .seconds(600)

    private struct Topic {
        var partitions: Set<Int32> = []
        let since: ContinuousClock.Instant
    }
    private var topics: [String: Topic] = [:]

    func partitions(of topic: String, now: ContinuousClock.Instant) -> Set<Int32> {
        guard let known = topics[topic], now - known.since < Self.memory else { return [] }
        return known.partitions
    }

    mutating func acknowledged(_ topic: String, _ partitions: Set<Int32>, now: ContinuousClock.Instant) {
        let known = self.partitions(of: topic, now: now)
        if known.isEmpty { topics[topic] = Topic(since: now) }
        topics[topic]?.partitions.formUnion(partitions)
    }
}
