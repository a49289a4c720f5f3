/// The reports of a batch that takes no more records, while they come in.
public struct KafkaPendingReports: Sendable {
    private let slots: DeliverySlots

    init(_ slots: DeliverySlots) {
        self.slots = slots
    }

    /// How many queued records are not yet reported. It only falls, and may be read by any task at any time.
    public var remaining: Int { slots.remaining }

    /// Waits until every queued record is reported.
    ///
    /// It does not end early when the task is cancelled, because the reports would be lost: ``KafkaProducer/purge()``
    /// and ``KafkaProducer/close()`` end the wait by failing what is still under way.
    ///
    /// - Returns: The reports, by the order of the sends.
    public func all() async -> KafkaBatchReports {
        await slots.completion()
        return KafkaBatchReports(slots)
    }
}
