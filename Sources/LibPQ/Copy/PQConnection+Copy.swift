import CLibPQ

extension PQConnection {
    /// Writes rows into a table with binary COPY, the fastest way in. Other tasks wait until it is over.
    ///
    /// ```swift
    /// try await connection.copyIn("positions", columns: ["code", "headcount"]) { writer in
    ///     for try await position in positions { try await writer.write(position.code, Int32(position.headcount)) }
    /// }
    /// ```
    /// - Parameters:
    ///   - table: its exact name, with the schema in front and a dot between where needed.
    ///   - columns: their exact names, in the order of the values; at least one.
    ///   - body: writes the rows; when it throws, no row is kept. Runs where the caller does.
    /// - Returns: the number of rows.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public nonisolated func copyIn(
        _ table: String, columns: [String], _ body: (PQCopyWriter) async throws -> Void
    ) async throws -> Int {
        try await withOperationScope { scope in
            try await copyIn(.into(table, columns: columns), columnCount: columns.count, in: scope, body)
        }
    }

    /// Writes rows into a table with binary COPY.
    /// - Parameters:
    ///   - table: its exact name, with the schema in front and a dot between where needed.
    ///   - columns: their exact names, in the order of the values; at least one.
    ///   - rows: tuples of two or more values; for a single column take the writer.
    /// - Returns: the number of rows.
    /// - Throws: ``PQError``; then no row is kept.
    @discardableResult
    public nonisolated func copyIn<each Value: PQEncodable, Rows: Sequence>(
        _ table: String, columns: [String], rows: Rows
    ) async throws -> Int where Rows.Element == (repeat each Value) {
        try await copyIn(table, columns: columns) { writer in
            for row in rows { try await writer.write(repeat each row) }
        }
    }

    /// Reads a table with binary COPY. Other tasks wait until it is over.
    /// - Parameters:
    ///   - table: its exact name, with the schema in front and a dot between where needed.
    ///   - columns: their exact names; empty for all.
    ///   - body: reads the rows, all or some of them. Runs where the caller does.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public nonisolated func copyOut<Value>(
        _ table: String, columns: [String] = [], _ body: (PQCopyReader) async throws -> Value
    ) async throws -> Value {
        try await withOperationScope { scope in
            try await copyOut(.from(table, columns: columns), in: scope, isInTransaction: false, body)
        }
    }

    /// Reads a query's rows with binary COPY. Other tasks wait until it is over.
    /// - Parameters:
    ///   - query: trusted SQL text; COPY takes no parameters.
    ///   - body: reads the rows, all or some of them. Runs where the caller does.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public nonisolated func copyOut<Value>(
        unsafe query: String, _ body: (PQCopyReader) async throws -> Value
    ) async throws -> Value {
        try await withOperationScope { scope in
            try await copyOut(.from(query: query), in: scope, isInTransaction: false, body)
        }
    }

    // MARK: Steps

    nonisolated func copyIn(
        _ statement: CopyStatement, columnCount: Int, in scope: UInt64, _ body: (PQCopyWriter) async throws -> Void
    ) async throws -> Int {
        guard columnCount > 0 else { throw PQError(.usage, "COPY needs the names of the columns") }
        try await startCopy(statement, in: scope)
        let writer = PQCopyWriter(self, scope: scope, columnCount: columnCount)
        do {
            try await body(writer)
            return try await writer.finish()
        } catch {
            writer.abandon()
            await abortCopy(in: scope) { (channel) throws(PQError) in try channel.abortCopyIn() }
            throw error
        }
    }

    nonisolated func copyOut<Value>(
        _ statement: CopyStatement, in scope: UInt64, isInTransaction: Bool,
        _ body: (PQCopyReader) async throws -> Value
    ) async throws -> Value {
        try await startCopy(statement, in: scope)
        let reader = PQCopyReader(self, scope: scope)
        do {
            let value = try await body(reader)
            reader.abandon()
            await abortCopy(in: scope) { (channel) throws(PQError) in
                try channel.abortCopyOut(cancelling: !isInTransaction)
            }
            return value
        } catch {
            reader.abandon()
            await abortCopy(in: scope) { (channel) throws(PQError) in try channel.abortCopyOut(cancelling: true) }
            throw error
        }
    }

    private func startCopy(_ statement: CopyStatement, in scope: UInt64) async throws(PQError) {
        try await perform(in: scope) { (channel) throws(PQError) in
            guard !isCopying else { throw PQError(.usage, "another COPY is under way on this connection") }
            try channel.startCopy(statement.sql, expecting: statement.direction)
            isCopying = true
            thread.unwatch()
        }
    }

    func putCopyData(_ bytes: [UInt8], in scope: UInt64) async throws(PQError) {
        try await perform(in: scope) { (channel) throws(PQError) in try channel.putCopyData(bytes) }
    }

    func endCopyIn(in scope: UInt64) async throws(PQError) -> Int {
        let rows = try await perform(in: scope) { (channel) throws(PQError) in
            try channel.endCopyIn(nil)
            // From here on there is no COPY to give up, whatever the answer.
            isCopying = false
            return try channel.readResult().affectedRows
        }
        resumeWatching()
        return rows
    }

    func readCopyData(atLeast size: Int, in scope: UInt64) async throws(PQError) -> [UInt8]? {
        let bytes = try await perform(in: scope) { (channel) throws(PQError) in
            try channel.readCopyData(atLeast: size)
        }
        if bytes == nil {
            isCopying = false
            resumeWatching()
        }
        return bytes
    }

    /// Ends a COPY that is still under way, cancelled or not. A failure leaves the connection unusable, which shows.
    private func abortCopy(in scope: UInt64, _ abort: (PQChannel) throws(PQError) -> Void) {
        guard isCopying else { return }
        isCopying = false
        do {
            // Not so when the server had ended it already.
            if channel.transactionStatus == PQTRANS_ACTIVE { try performShielded(abort) }
        } catch {
            channel.close(
                PQError(.connectionLost, "the connection was closed since COPY did not end: \(error.message)"))
        }
        noteTransactionFailure(PQError(.server, "COPY was given up"))
        resumeWatching()
    }
}
