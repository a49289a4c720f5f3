extension PQTransaction {
    /// Writes rows into a table with binary COPY; see ``PQConnection/copyIn(_:columns:_:)``.
    /// - Parameters:
    ///   - table: its exact name, with the schema in front and a dot between where needed.
    ///   - columns: their exact names, in the order of the values; at least one.
    ///   - body: writes the rows; when it throws, the transaction has failed.
    /// - Returns: the number of rows.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public func copyIn(
        _ table: String, columns: [String], _ body: (PQCopyWriter) async throws -> Void
    ) async throws -> Int {
        try await connection.copyIn(.into(table, columns: columns), columnCount: columns.count, in: scope, body)
    }

    /// Writes rows into a table with binary COPY.
    /// - Parameters:
    ///   - table: its exact name, with the schema in front and a dot between where needed.
    ///   - columns: their exact names, in the order of the values; at least one.
    ///   - rows: tuples of two or more values; for a single column take the writer.
    /// - Returns: the number of rows.
    /// - Throws: ``PQError``; then the transaction has failed.
    @discardableResult
    public func copyIn<each Value: PQEncodable, Rows: Sequence>(
        _ table: String, columns: [String], rows: Rows
    ) async throws -> Int where Rows.Element == (repeat each Value) {
        try await copyIn(table, columns: columns) { writer in
            for row in rows { try await writer.write(repeat each row) }
        }
    }

    /// Reads a table with binary COPY; see ``PQConnection/copyOut(_:columns:_:)``.
    /// - Parameters:
    ///   - table: its exact name, with the schema in front and a dot between where needed.
    ///   - columns: their exact names; empty for all.
    ///   - body: reads the rows. When it returns before the last one, the rest is read and dropped.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public func copyOut<Value>(
        _ table: String, columns: [String] = [], _ body: (PQCopyReader) async throws -> Value
    ) async throws -> Value {
        try await connection.copyOut(.from(table, columns: columns), in: scope, isInTransaction: true, body)
    }

    /// Reads a query's rows with binary COPY.
    /// - Parameters:
    ///   - query: trusted SQL text; COPY takes no parameters.
    ///   - body: reads the rows. When it returns before the last one, the rest is read and dropped.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public func copyOut<Value>(
        unsafe query: String, _ body: (PQCopyReader) async throws -> Value
    ) async throws -> Value {
        try await connection.copyOut(.from(query: query), in: scope, isInTransaction: true, body)
    }
}
