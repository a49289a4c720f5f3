package import FoundationEssentials

/// What a comparison needs of a record of a topic.
package struct ComparedRecord: Sendable {
    package var eventID: UUID
    /// 0 where the headers don't say (style debezium).
    package var sequence: Int64
    /// The place of its partition in the list of partitions.
    package var partition: Int
    package var offset: Int64
    /// Milliseconds since 1970.
    package var timestamp: Int64
    /// A hash of topic and key.
    package var aggregate: UInt64
    /// A hash of event type and payload.
    package var digest: UInt64
    /// The place of its event type in the list of event types.
    package var eventType: UInt16
    /// Whether an operator sent it again.
    package var isReplay: Bool
    /// Where the record contradicts itself.
    package var contradiction: String?

    package init(
        eventID: UUID, sequence: Int64, partition: Int, offset: Int64, timestamp: Int64, aggregate: UInt64,
        digest: UInt64, eventType: UInt16 = 0, isReplay: Bool = false, contradiction: String? = nil
    ) {
        self.eventID = eventID
        self.sequence = sequence
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.aggregate = aggregate
        self.digest = digest
        self.eventType = eventType
        self.isReplay = isReplay
        self.contradiction = contradiction
    }
}
