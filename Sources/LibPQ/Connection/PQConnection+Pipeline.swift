extension PQConnection {
    /// Runs statements in one round trip, in order. Outside a transaction they take effect together or not at all.
    /// - Parameter statements: SQL text and values; no COPY, BEGIN or COMMIT.
    /// - Returns: one result for each statement.
    /// - Throws: ``PQError`` of the first statement that fails; those after it are not run.
    public func pipeline(_ statements: [PQStatement]) async throws(PQError) -> [PQResult] {
        try await inTurn { (channel) throws(PQError) in try channel.pipeline(statements) }
    }

    func pipeline(_ statements: [PQStatement], in scope: UInt64) async throws(PQError) -> [PQResult] {
        try await perform(in: scope) { (channel) throws(PQError) in try channel.pipeline(statements) }
    }
}

extension PQTransaction {
    /// Runs statements in one round trip, in order.
    /// - Parameter statements: SQL text and values; no COPY.
    /// - Returns: one result for each statement.
    /// - Throws: ``PQError`` of the first statement that fails; those after it are not run.
    public func pipeline(_ statements: [PQStatement]) async throws(PQError) -> [PQResult] {
        try await connection.pipeline(statements, in: scope)
    }
}
