import Synchronization

/// An open transaction. It is valid inside its closure only; later calls throw ``PQError/Code/usage``.
public final class PQTransaction: PQSession {
    /// The connection that it runs on; to be used for nothing but telling connections apart while it is open.
    public let connection: PQConnection
    let scope: UInt64
    private let savepoints = Atomic<Int>(0)

    init(connection: PQConnection, scope: UInt64) {
        self.connection = connection
        self.scope = scope
    }

    @discardableResult
    public func execute(_ statement: PQStatement) async throws(PQError) -> Int {
        try await query(statement).affectedRows
    }

    public func query(_ statement: PQStatement) async throws(PQError) -> PQResult {
        try await connection.query(statement, in: scope)
    }

    public func run(script: String) async throws(PQError) {
        try await connection.run(script: script, in: scope)
    }

    /// Runs a closure whose effects are undone when it throws, while the transaction goes on.
    /// - Parameter body: what to run; uses this same transaction.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public func withSavepoint<Value>(_ body: (PQTransaction) async throws -> Value) async throws -> Value {
        let name = "libpq_\(savepoints.wrappingAdd(1, ordering: .relaxed).newValue)"
        try await run(script: "SAVEPOINT \(name)")
        do {
            let value = try await body(self)
            try await run(script: "RELEASE SAVEPOINT \(name)")
            return value
        } catch {
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
