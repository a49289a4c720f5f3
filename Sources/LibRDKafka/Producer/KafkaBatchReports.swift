/// The reports of a batch: one per record, in the order of the sends.
public struct KafkaBatchReports: Sendable {
    private let slots: DeliverySlots

    init(_ slots: DeliverySlots) {
        self.slots = slots
    }

    /// How many records have a report.
    public var count: Int { slots.used }

    /// Whether the broker has acknowledged every record; the question to ask first, it costs nothing.
    public var allAcknowledged: Bool { slots.allAcknowledged }

    /// - Parameter index: The record's index, from 0 up to, not including, ``count``.
    /// - Returns: Whether the broker has acknowledged that record.
    public func isAcknowledged(at index: Int) -> Bool {
        slot(at: index).error == 0
    }

    /// - Parameter index: The record's index, from 0 up to, not including, ``count``.
    /// - Returns: The record's error code; ``KafkaError/Code/none`` if it was acknowledged.
    public func code(at index: Int) -> KafkaError.Code {
        KafkaError.Code(rawValue: slot(at: index).error)
    }

    /// - Parameter index: The record's index, from 0 up to, not including, ``count``.
    /// - Returns: Where the record is stored, or why it is not.
    public subscript(index: Int) -> KafkaDeliveryReport {
        let slot = slot(at: index)
        let error =
            slot.error == 0 ? nil : slots.rejection(at: index) ?? KafkaError(KafkaError.Code(rawValue: slot.error))
        return KafkaDeliveryReport(partition: slot.partition, offset: slot.offset, error: error)
    }

    /// The index of the first record that was not acknowledged; nil if all were.
    public var firstFailure: Int? {
        allAcknowledged ? nil : (0..<count).first { !isAcknowledged(at: $0) }
    }

    private func slot(at index: Int) -> DeliverySlot {
        precondition(index >= 0 && index < count, "no report at index \(index) of \(count)")
        return slots.slots[index]
    }
}
