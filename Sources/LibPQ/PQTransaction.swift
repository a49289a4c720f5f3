import Synchronization

/// An open transaction. It is valid inside its closure only; later calls throw ``PQError/Code/usage``.
public final class PQTransaction: PQSession {
    /// The connection that it runs on; to be used for nothing but telling connections apart while it is open.
    public let connection: PQConnection
    let scope: UInt64
    private let savepoints = Atomic<Int>(0)
    /// What runs with COMMIT; nil once the transaction has ended.
    private let lastStatements = PQLock<[PQStatement]?>([])

    init(connection: PQConnection, scope: UInt64) {
        self.connection = connection
        self.scope = scope
    }

    /// Runs a statement; see ``PQSession/execute(_:)``.
    @discardableResult
    public func execute(_ statement: PQStatement) async throws(PQError) -> Int {
        try await query(statement).affectedRows
    }

    /// Runs a statement that returns rows; see ``PQSession/query(_:)``.
    public func query(_ statement: PQStatement) async throws(PQError) -> PQResult {
        try await connection.query(statement, in: scope)
    }

    /// Runs SQL text of one or more statements; see ``PQSession/run(script:)``.
    public func run(script: String) async throws(PQError) {
        try await connection.run(script: script, in: scope)
    }

    /// Has a statement run last in the transaction, in the same round trip as COMMIT: it costs no trip of its own, and
    /// the locks that it takes are held for that moment only.
    ///
    /// Statements left so run in the order of their calls. When one fails, nothing is committed and
    /// ``PQConnection/withTransaction(isolation:readOnly:retries:_:)`` throws its error. A savepoint that is rolled back
    /// takes those along that were left within it.
    /// - Parameter statement: SQL text and values; no COPY. Its result is not kept.
    /// - Throws: ``PQError/Code/usage`` when the transaction has ended.
    public func atCommit(_ statement: PQStatement) throws(PQError) {
        let isOpen = lastStatements.withLock { statements in
            statements?.append(statement)
            return statements != nil
        }
        guard isOpen else { throw PQError(.usage, "the transaction has ended: it is valid inside its closure only") }
    }

    /// Takes no more statements.
    /// - Returns: those that are to run with COMMIT.
    func end() -> [PQStatement] {
        lastStatements.withLock { statements in
            defer { statements = nil }
            return statements ?? []
        }
    }

    /// Runs a closure whose effects are undone when it throws, while the transaction goes on.
    /// - Parameter body: what to run; uses this same transaction.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public func withSavepoint<Value>(_ body: (PQTransaction) async throws -> Value) async throws -> Value {
        let name = "libpq_\(savepoints.wrappingAdd(1, ordering: .relaxed).newValue)"
        try await run(script: "SAVEPOINT \(name)")
        let before = lastStatements.withLock { $0?.count ?? 0 }
        do {
            let value = try await body(self)
            try await run(script: "RELEASE SAVEPOINT \(name)")
            return value
        } catch {
            lastStatements.withLock { statements in
                if let count = statements?.count { statements?.removeLast(max(0, count - before)) }
            }
            try await connection.rollback(to: name, in: scope)
            throw error
        }
    }
}

extension PQConnection {
    fileprivate func query(_ statement: PQStatement, in scope: UInt64) async throws(PQError) -> PQResult {
        try await perform(in: scope) { (channel) throws(PQError) in try channel.query(statement) }
    }

    fileprivate func run(script: String, in scope: UInt64) async throws(PQError) {
        try await perform(in: scope) { (channel) throws(PQError) in try channel.run(script: script) }
    }
}
