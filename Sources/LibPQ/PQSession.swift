/// Where statements can be run: a connection, or a transaction on one.
public protocol PQSession: Sendable {
    /// Runs a statement for its effect.
    /// - Parameter statement: SQL text and values.
    /// - Returns: the rows that it inserted, updated, deleted or returned.
    /// - Throws: ``PQError``; ``PQError/Code/cancelled`` if the task was cancelled and the server stopped the statement.
    @discardableResult
    func execute(_ statement: PQStatement) async throws(PQError) -> Int

    /// Runs a statement and returns its rows. The statement is prepared once per connection and SQL text.
    /// - Parameter statement: SQL text and values.
    /// - Returns: the rows, in binary format.
    /// - Throws: ``PQError``; ``PQError/Code/cancelled`` if the task was cancelled and the server stopped the statement.
    func query(_ statement: PQStatement) async throws(PQError) -> PQResult

    /// Runs SQL text of one or more statements without parameters. Outside a transaction they are one together, unless
    /// the text has its own BEGIN and COMMIT. What they return is dropped.
    /// - Parameter script: trusted SQL text.
    /// - Throws: ``PQError``, of the first statement that fails; those after it are not run.
    func run(script: String) async throws(PQError)
}
