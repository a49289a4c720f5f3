import LibPQ
import OutboxTelemetry

/// Applies events in one transaction with the inbox, the partition's offset, its holds and the versions of cached
/// answers.
struct EventApplier: Sendable {
    let store: ConsumerStore
    let projections: [RoutedProjection]
    let usesCache: Bool
    let backoff: Backoff
    let maximumAttempts: Int

    /// Applies a batch.
    ///
    /// - Parameters:
    ///   - expected: where the caller believes the partition to stand. If it has moved on, only the rest is applied.
    ///   - holds: what the caller knows of the partition's holds; read anew where they have changed.
    ///   - isolating: whether to find out which events fail and to put their aggregates on hold, rather than to throw.
    /// - Throws: ``OvertakenError``; what a projection throws; `PQError`. Nothing has happened then.
    func apply(
        _ batch: EventBatch, expected: Int64, holds: PartitionHolds, isolating: Bool
    ) async throws -> ApplyOutcome {
        func attempt(_ batch: EventBatch) async throws -> ApplyOutcome {
            try await store.pool.withTransaction { transaction in
                try await apply(batch, expected: expected, holds: holds, isolating: isolating, in: transaction)
            }
        }
        do {
            return try await attempt(batch)
        } catch is DuplicatesError {
            var batch = batch
            batch.mayHaveDuplicates = true
            return try await attempt(batch)
        }
    }

    /// Applies a batch in a transaction of the caller's, which must be rolled back if this throws.
    /// - Throws: ``DuplicatesError``, besides, if it has events that were not expected to have been applied.
    func apply(
        _ batch: EventBatch, expected: Int64, holds: PartitionHolds, isolating: Bool, in transaction: PQTransaction
    ) async throws -> ApplyOutcome {
        var outcome = try await begin(batch.partition, holds: holds, in: transaction)
        guard outcome.position.nextOffset >= expected else { throw OvertakenError() }
        guard outcome.position.nextOffset < batch.nextOffset else { return outcome }
        let events =
            outcome.position.nextOffset == expected
            ? batch.events : batch.events.filter { $0.offset >= outcome.position.nextOffset }

        let known = outcome.holds.holds
        let free = known.isEmpty ? events : events.filter { known[AggregateKey($0)] == nil }
        let new: [ReceivedEvent]
        if batch.mayHaveDuplicates || isolating {
            new = try await store.insertIntoInbox(free, in: transaction)
        } else {
            try await store.insertNewIntoInbox(free, in: transaction)
            new = free
        }
        outcome.duplicates = free.count - new.count
        if isolating {
            var isolation = Isolation(applier: self, transaction: transaction)
            try await isolation.apply(new[...])
            try await settle(isolation, of: batch, into: &outcome, in: transaction)
        } else {
            outcome.touchedKeys = try await applyDirectly(new, in: transaction)
            outcome.applied = new
        }
        if free.count < events.count {
            let waiting = events.filter { known[AggregateKey($0)] != nil }
            try await keep(waiting, of: batch, into: &outcome, in: transaction)
        }
        outcome.position.nextOffset = batch.nextOffset
        outcome.position.holdsVersion = outcome.holds.version
        try await store.advance(batch.partition, to: outcome.position, in: transaction)
        return outcome
    }

    /// Locks a partition and looks where it stands.
    func begin(
        _ partition: PartitionID, holds: PartitionHolds, in transaction: PQTransaction
    ) async throws -> ApplyOutcome {
        guard let position = try await store.lock(partition, in: transaction) else { throw OvertakenError() }
        let current =
            position.holdsVersion == holds.version
            ? holds : try await store.holds(of: partition, version: position.holdsVersion, in: transaction)
        return ApplyOutcome(position: position, holds: current)
    }

    /// Runs the projections and raises the versions of what they touch.
    func applyDirectly(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws -> TouchedKeys {
        var keys = TouchedKeys()
        guard !events.isEmpty else { return keys }
        for routed in projections {
            let selected = routed.selected(from: events)
            guard !selected.isEmpty else { continue }
            try await Self.withTrace(of: selected) {
                try await routed.projection.apply(selected, in: transaction)
            }
            guard usesCache else { continue }
            var touched: Set<String> = []
            for event in selected {
                for key in routed.projection.cacheKeys(touchedBy: event) { touched.insert(key) }
            }
            keys.insert(touched, of: routed.name)
        }
        if !keys.isEmpty { try await store.raiseVersions(of: keys.sorted, in: transaction) }
        return keys
    }

    /// Puts the aggregates of failed events on hold, and sets those events and the ones behind them aside.
    private func settle(
        _ isolation: Isolation, of batch: EventBatch, into outcome: inout ApplyOutcome, in transaction: PQTransaction
    ) async throws {
        outcome.applied = isolation.applied
        outcome.touchedKeys = isolation.touchedKeys
        outcome.failures = isolation.failures
        guard !isolation.failures.isEmpty else { return }
        let waiting = isolation.failures.map(\.event) + isolation.overtakers
        try await store.removeFromInbox(waiting.map(\.eventID), in: transaction)
        for failure in isolation.failures {
            let wait = maximumAttempts <= 1 ? .zero : backoff.delay(afterFailures: 1)
            let aggregate = AggregateKey(failure.event)
            try await store.hold(
                aggregate, of: batch.partition, attempts: 1, retryAfter: wait, error: failure.reason, in: transaction)
            outcome.holds.holds[aggregate] = Hold(attempts: 1, retryAt: .now + wait, lastError: failure.reason)
        }
        outcome.holds.version += 1
        try await keep(waiting, of: batch, into: &outcome, in: transaction)
    }

    private func keep(
        _ events: [ReceivedEvent], of batch: EventBatch, into outcome: inout ApplyOutcome,
        in transaction: PQTransaction
    ) async throws {
        for event in events {
            guard let message = batch.message(event.offset) else { throw OvertakenError() }
            if try await store.keep(event, message, in: transaction) {
                outcome.held += 1
            } else {
                outcome.duplicates += 1
            }
        }
    }

    /// Restores the trace that the events share; without one in common there is none.
    private static func withTrace(of events: [ReceivedEvent], _ body: () async throws -> Void) async throws {
        let first = events[0].trace
        guard let first, events.allSatisfy({ $0.trace?.traceID == first.traceID }) else { return try await body() }
        try await TraceContext.$current.withValue(first.child()) { try await body() }
    }
}
