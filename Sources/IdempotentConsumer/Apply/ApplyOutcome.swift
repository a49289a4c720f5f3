/// What a transaction did.
struct ApplyOutcome: Sendable {
    var position: PartitionPosition
    var holds: PartitionHolds
    /// The events that took effect.
    var applied: [ReceivedEvent] = []
    /// How many had taken effect before.
    var duplicates = 0
    /// How many were set aside, since their aggregate is on hold.
    var held = 0
    /// The events that failed, and why.
    var failures: [EventFailure] = []
    /// The cached answers that are out of date now.
    var touchedKeys = TouchedKeys()

    /// Adds what a later transaction on the same partition did.
    mutating func add(_ later: ApplyOutcome) {
        position = later.position
        holds = later.holds
        applied += later.applied
        duplicates += later.duplicates
        held += later.held
        failures += later.failures
        touchedKeys.formUnion(later.touchedKeys)
    }
}
