import LibPQ

extension EventApplier {
    /// What became of an aggregate whose time to be tried again had come.
    struct RetryOutcome: Sendable {
        var outcome: ApplyOutcome
        /// The first waiting event, if its attempts are used up: it is to be a dead letter.
        var deadLetter: DeadLetter?
    }

    /// An event to be written to the dead-letter topic.
    struct DeadLetter: Sendable {
        var held: HeldMessage
        var reason: String
        var attempts: Int
    }

    /// Tries the waiting events of an aggregate, in order, up to the first that fails.
    /// - Parameters:
    ///   - limit: the most events to apply at once; the hold ends when none is left.
    ///   - read: reads a record as an event; nil leaves it out.
    /// - Throws: ``OvertakenError``; transient errors of a projection; `PQError`. Nothing has happened then.
    func retry(
        _ aggregate: AggregateKey, of partition: PartitionID, holds: PartitionHolds, limit: Int,
        read: @Sendable (StoredMessage) -> ReceivedEvent?
    ) async throws -> RetryOutcome {
        try await store.pool.withTransaction { transaction in
            var result = RetryOutcome(outcome: try await begin(partition, holds: holds, in: transaction))
            guard let hold = result.outcome.holds.holds[aggregate], hold.retryAt != nil else { return result }
            let messages = try await store.heldMessages(of: aggregate, partition, limit: limit, in: transaction)
            if let first = messages.first, hold.attempts >= maximumAttempts {
                result.deadLetter = DeadLetter(held: first, reason: hold.lastError, attempts: hold.attempts)
                return result
            }
            let events = messages.compactMap { read($0.message) }
            let new = try await store.insertIntoInbox(events, in: transaction)
            var isolation = Isolation(applier: self, transaction: transaction)
            try await isolation.apply(new[...])
            result.outcome.applied = isolation.applied
            result.outcome.duplicates = events.count - new.count
            result.outcome.touchedKeys = isolation.touchedKeys
            result.outcome.failures = isolation.failures
            try await end(
                isolation, aggregate: aggregate, hold: hold, messages: messages, into: &result.outcome, of: partition,
                in: transaction)
            return result
        }
    }

    private func end(
        _ isolation: Isolation, aggregate: AggregateKey, hold: Hold, messages: [HeldMessage],
        into outcome: inout ApplyOutcome, of partition: PartitionID, in transaction: PQTransaction
    ) async throws {
        // Those before the first that failed are done with, the ones that were left out among them.
        let failure = isolation.failures.first
        let done = messages.prefix { $0.eventID != failure?.event.eventID }
        try await store.removeHeld(done.map(\.place), in: transaction)
        if let failure {
            let waiting = [failure.event] + isolation.overtakers
            try await store.removeFromInbox(waiting.map(\.eventID), in: transaction)
            let attempts = done.isEmpty ? hold.attempts + 1 : 1
            let wait = attempts >= maximumAttempts ? .zero : backoff.delay(afterFailures: attempts)
            try await store.hold(
                aggregate, of: partition, attempts: attempts, retryAfter: wait, error: failure.reason, in: transaction)
            outcome.holds.holds[aggregate] = Hold(
                attempts: attempts, retryAt: .now + wait, lastError: failure.reason)
        } else if try await store.releaseIfEmpty(aggregate, of: partition, in: transaction) {
            outcome.holds.holds[aggregate] = nil
        } else {
            // More of them wait: on with those at once.
            try await store.hold(
                aggregate, of: partition, attempts: 0, retryAfter: .zero, error: hold.lastError, in: transaction)
            outcome.holds.holds[aggregate] = Hold(attempts: 0, retryAt: .now, lastError: hold.lastError)
        }
        try await changeHolds(&outcome, of: partition, in: transaction)
    }

    /// Notes that an aggregate's first waiting event is on the dead-letter topic.
    /// - Parameter policy: whether the aggregate stays on hold, or goes on without the event.
    func bury(
        _ letter: DeadLetter, of aggregate: AggregateKey, _ partition: PartitionID, holds: PartitionHolds,
        policy: ConsumerConfiguration.DeadLetterPolicy, read: @Sendable (StoredMessage) -> ReceivedEvent?
    ) async throws -> ApplyOutcome {
        try await store.pool.withTransaction { transaction in
            var outcome = try await begin(partition, holds: holds, in: transaction)
            let first = try await store.heldMessages(of: aggregate, partition, limit: 1, in: transaction).first
            // An operator may have decided meanwhile.
            guard let hold = outcome.holds.holds[aggregate], first?.place == letter.held.place else {
                return outcome
            }
            switch policy {
            case .hold:
                try await store.markDead(aggregate, of: partition, in: transaction)
                outcome.holds.holds[aggregate]?.retryAt = nil
            case .skip:
                // In the inbox, so that it doesn't take effect when it is delivered again, out of order.
                if let event = read(letter.held.message) {
                    _ = try await store.insertIntoInbox([event], in: transaction)
                }
                try await store.removeHeld([letter.held.place], in: transaction)
                if try await store.releaseIfEmpty(aggregate, of: partition, in: transaction) {
                    outcome.holds.holds[aggregate] = nil
                } else {
                    try await store.hold(
                        aggregate, of: partition, attempts: 0, retryAfter: .zero, error: hold.lastError,
                        in: transaction)
                    outcome.holds.holds[aggregate] = Hold(attempts: 0, retryAt: .now, lastError: hold.lastError)
                }
            }
            try await changeHolds(&outcome, of: partition, in: transaction)
            return outcome
        }
    }

    private func changeHolds(
        _ outcome: inout ApplyOutcome, of partition: PartitionID, in transaction: PQTransaction
    ) async throws {
        outcome.holds.version += 1
        outcome.position.holdsVersion = outcome.holds.version
        try await store.advance(partition, to: outcome.position, in: transaction)
    }
}
