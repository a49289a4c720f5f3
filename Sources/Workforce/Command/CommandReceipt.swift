/// What a command did. It is committed.
public struct CommandReceipt<Outcome: Sendable>: Sendable {
    public let outcome: Outcome
    /// The events written, in the order of their sequences; none for entries of the job catalog above the levels.
    public let events: [EventReceipt]

    /// The last event's sequence.
    public var sequence: Int64? { events.last?.sequence }

    /// The sequence of the first event of a type.
    public func sequence(of type: WorkforceEventType) -> Int64? { events.first { $0.type == type }?.sequence }
}
