/// The events of one transaction.
struct EventBatch: Sendable {
    var partition: PartitionID
    var events: [ReceivedEvent]
    /// What follows the batch's last record, read as an event or not.
    var nextOffset: Int64
    /// Whether some may have been applied before. False is faster unless it is wrong: then the batch is
    /// tried twice.
    var mayHaveDuplicates: Bool
    /// The whole record of an event, by offset.
    var message: @Sendable (Int64) -> StoredMessage?
}
