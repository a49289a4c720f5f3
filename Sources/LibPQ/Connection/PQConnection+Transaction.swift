import CLibPQ

extension PQConnection {
    /// Runs a closure in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// The closure is run again, up to `retries` times, when the transaction lost against a concurrent one
    /// (serialization failure, deadlock); so it must have no effects outside the database that must not be repeated.
    /// The transaction has the connection to itself; it must not be used after the closure has ended.
    ///
    /// A task cancelled after the closure has returned still commits, unless statements are left for then
    /// (``PQTransaction/atCommit(_:)``): those it stops like any other.
    /// - Parameters:
    ///   - isolation: how much of concurrent transactions it sees.
    ///   - readOnly: whether the server is to reject writes.
    ///   - retries: how often the closure may be run again.
    ///   - body: gets the transaction; runs where the caller does.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or ``PQError``. After ``PQError/Code/connectionLost`` during the commit it is not
    ///   known whether it took effect.
    @discardableResult
    public nonisolated func withTransaction<Value>(
        isolation: PQIsolation = .readCommitted, readOnly: Bool = false, retries: Int = 3,
        _ body: (PQTransaction) async throws -> Value
    ) async throws -> Value {
        try checkNotHeld()
        _ = try await turn.take()
        defer { turn.put(()) }
        var attempt = 0
        while true {
            let transaction = try await begin(isolation: isolation, readOnly: readOnly)
            do {
                let held = HeldConnections.current + [ObjectIdentifier(self)]
                let value = try await HeldConnections.$current.withValue(held) { try await body(transaction) }
                try await commit(transaction)
                return value
            } catch {
                _ = transaction.end()
                let cause = await rollback(transaction.scope) ?? error as? PQError
                guard attempt < retries, let cause, cause.isSerializationFailure || cause.isStaleStatement else {
                    throw error
                }
                attempt += 1
            }
            try await pause(beforeAttempt: attempt)
        }
    }

    private func begin(isolation: PQIsolation, readOnly: Bool) async throws(PQError) -> PQTransaction {
        let begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue) \(readOnly ? "READ ONLY" : "READ WRITE")"
        try await perform { (channel) throws(PQError) in
            guard channel.transactionStatus != PQTRANS_INTRANS && channel.transactionStatus != PQTRANS_INERROR else {
                throw PQError(.usage, "a transaction was begun by hand on this connection; end it first")
            }
            try channel.begin(begin)
        }
        transactionFailure = nil
        return PQTransaction(connection: self, scope: openScope())
    }

    private func commit(_ transaction: PQTransaction) async throws(PQError) {
        let last = transaction.end()
        defer { scope = nil }
        switch channel.transactionStatus {
        case PQTRANS_INERROR:
            var error = PQError(
                .server, "a statement failed in this transaction and its error was swallowed: it was rolled back",
                sqlState: "25P02")
            error.hint = transactionFailure.map { "The first error was: \($0.message)" }
            throw error
        case PQTRANS_IDLE:
            throw PQError(.usage, "a statement inside the transaction ended it; leave COMMIT and ROLLBACK to it")
        default: break
        }
        do {
            if last.isEmpty {
                try performShielded { (channel) throws(PQError) in try channel.run(script: "COMMIT") }
            } else {
                try await perform { (channel) throws(PQError) in try channel.commit(after: last) }
            }
        } catch {
            guard error.code == .connectionLost else { throw error }
            var error = error
            error.message =
                "the connection was lost during COMMIT, which may or may not have taken effect: "
                + error.message
            throw error
        }
    }

    /// Ends a transaction that is not to be committed.
    /// - Returns: the error that had made it fail before, if one had.
    private func rollback(_ scope: UInt64) -> PQError? {
        self.scope = nil
        let cause = channel.transactionStatus == PQTRANS_INERROR ? transactionFailure : nil
        if channel.transactionStatus == PQTRANS_INTRANS || channel.transactionStatus == PQTRANS_INERROR {
            do {
                try performShielded { (channel) throws(PQError) in try channel.run(script: "ROLLBACK") }
            } catch {
                // The transaction must not stay open: without the connection it does not.
                channel.close(
                    PQError(.connectionLost, "the connection was closed since ROLLBACK failed: \(error.message)"))
            }
        }
        return cause
    }

    /// Waits a little, and not the same for everybody, before the same conflict is tried again.
    private nonisolated func pause(beforeAttempt attempt: Int) async throws(PQError) {
        let limit = 2_000 << min(attempt, 6)
        do {
            try await Task.sleep(for: .microseconds(Int.random(in: 0...limit)))
        } catch {
            throw .cancelled()
        }
    }

    /// Runs an operation inside a transaction.
    func perform<Value: Sendable>(
        in scope: UInt64, _ operation: (PQChannel) throws(PQError) -> Value
    ) async throws(PQError) -> Value {
        guard self.scope == scope else {
            throw PQError(.usage, "the transaction or COPY has ended: it is valid inside its closure only")
        }
        do {
            return try await perform(operation)
        } catch {
            noteTransactionFailure(error)
            throw error
        }
    }

    /// Keeps the first error that made the open transaction fail.
    func noteTransactionFailure(_ error: PQError) {
        if channel.transactionStatus == PQTRANS_INERROR && transactionFailure == nil { transactionFailure = error }
    }

    /// Has the connection to itself for an operation of several steps that is no transaction.
    nonisolated func withOperationScope<Value>(_ body: (UInt64) async throws -> Value) async throws -> Value {
        try checkNotHeld()
        _ = try await turn.take()
        defer { turn.put(()) }
        let scope = await openScope()
        let held = HeldConnections.current + [ObjectIdentifier(self)]
        do {
            let value = try await HeldConnections.$current.withValue(held) { try await body(scope) }
            await closeScope()
            return value
        } catch {
            await closeScope()
            throw error
        }
    }

    private func openScope() -> UInt64 {
        lastScope += 1
        scope = lastScope
        return lastScope
    }

    private func closeScope() { scope = nil }

    /// Goes back to a savepoint, which takes the transaction out of its failed state.
    func rollback(to savepoint: String, in scope: UInt64) throws(PQError) {
        guard self.scope == scope else { return }
        try performShielded { (channel) throws(PQError) in
            try channel.run(script: "ROLLBACK TO SAVEPOINT \(savepoint); RELEASE SAVEPOINT \(savepoint)")
        }
        transactionFailure = nil
    }
}
