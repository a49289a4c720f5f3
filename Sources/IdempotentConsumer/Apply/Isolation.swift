import LibPQ

/// Finds out which events of a batch fail, within one transaction, by halving: what fails is rolled back to a savepoint
/// and tried again in two halves, down to single events. Everything else is applied, in order.
///
/// Once an event has failed, later ones of its aggregate are left out.
struct Isolation {
    let applier: EventApplier
    let transaction: PQTransaction
    private(set) var applied: [ReceivedEvent] = []
    private(set) var touchedKeys = TouchedKeys()
    private(set) var failures: [EventFailure] = []
    /// Events left out, which would have overtaken a failed one of their aggregate.
    private(set) var overtakers: [ReceivedEvent] = []
    private var failedAggregates: Set<AggregateKey> = []

    init(applier: EventApplier, transaction: PQTransaction) {
        self.applier = applier
        self.transaction = transaction
    }

    mutating func apply(_ events: ArraySlice<ReceivedEvent>) async throws {
        var events = Array(events)
        if !failedAggregates.isEmpty {
            overtakers += events.filter { failedAggregates.contains(AggregateKey($0)) }
            events.removeAll { failedAggregates.contains(AggregateKey($0)) }
        }
        guard !events.isEmpty else { return }
        do {
            let applier = applier
            let keys = try await transaction.withSavepoint { transaction in
                let keys = try await applier.applyDirectly(events, in: transaction)
                // What would fail at commit has to fail here, where it is known whose fault it is.
                try await transaction.run(script: "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
                return keys
            }
            applied += events
            touchedKeys.formUnion(keys)
        } catch  where !FailureKind.isTransient(error) {
            guard events.count > 1 else {
                failures.append(EventFailure(event: events[0], error: error))
                failedAggregates.insert(AggregateKey(events[0]))
                return
            }
            let middle = events.count / 2
            try await apply(events[..<middle])
            try await apply(events[middle...])
        }
    }
}
