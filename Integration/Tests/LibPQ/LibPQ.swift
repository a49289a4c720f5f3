import LibPQ
import Servers
import Synchronization
import Testing

/// Tests of LibPQ on a real server, in a database of their own.
enum LibPQDatabase {
    /// Connects to a new database on the shared server.
    static func connect(
        preparesStatements: Bool = true, preparedStatementLimit: Int = 256, statementTimeout: Duration? = nil
    ) async throws -> PQConnection {
        try await PQConnection.connect(
            PQConfiguration(
                url: try await PostgresServer.shared().createDatabase("libpq"), connectTimeout: .seconds(60),
                statementTimeout: statementTimeout,
                preparesStatements: preparesStatements, preparedStatementLimit: preparedStatementLimit))
    }
}

/// Expects a ``PQError`` with a code and, where given, a SQLSTATE.
@discardableResult
func expectPQError<Value>(
    _ code: PQError.Code, _ sqlState: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    from body: () async throws -> Value
) async -> PQError? {
    do {
        _ = try await body()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
    } catch let error as PQError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        if let sqlState { #expect(error.sqlState == sqlState, "\(error)", sourceLocation: sourceLocation) }
        return error
    } catch {
        Issue.record("another error was thrown: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

extension PQSession {
    /// One integer.
    func integer(_ statement: PQStatement) async throws -> Int64 {
        try await query(statement).int64(row: 0, column: 0)
    }
}

/// A value that several tasks change.
final class Locked<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { (value: inout Value) in body(&value) }
    }
}
