public import FoundationEssentials

/// An event that a command wrote.
public struct EventReceipt: Hashable, Sendable {
    public let eventID: UUID
    public let type: WorkforceEventType
    public let aggregateID: String
    /// Grows within the aggregate, and within a position across its assignments: what a reader waits for who wants to
    /// see this write.
    public let sequence: Int64
}
