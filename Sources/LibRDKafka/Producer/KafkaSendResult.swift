/// What became of one send at once. A queued record's fate comes with its batch's reports.
public enum KafkaSendResult: Sendable {
    /// The record has a place in the queue and a report.
    case queued
    /// The queue is full. The record has no index in the batch: wait with ``KafkaProducer/waitForSpace()`` and
    /// send it again.
    case queueFull
    /// librdkafka refused the record, so it was not sent. Unless the batch was full or the producer is closed,
    /// it has an index in the batch, and its report holds the same error.
    case rejected(KafkaError)
}
