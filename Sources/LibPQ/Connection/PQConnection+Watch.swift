extension PQConnection {
    /// Looks at a number until it is another one.
    ///
    /// It looks on the connection's own thread, so that a look in vain wakes no other. Meanwhile the connection does
    /// nothing else.
    /// - Parameters:
    ///   - statement: answers with one row; the number is its first column, a `bigint`.
    ///   - known: what the number was; nil to have it at once.
    ///   - interval: the time between two looks.
    /// - Returns: the number, as soon as it is not `known`.
    /// - Throws: ``PQError``; ``PQError/Code/cancelled`` if the task is cancelled.
    public func number(
        from statement: PQStatement, otherThan known: Int64?, lookingEvery interval: Duration
    ) async throws(PQError) -> Int64 {
        try await inTurn { (channel) throws(PQError) in
            while true {
                let number = try channel.query(statement).int64(row: 0, column: 0)
                if number != known { return number }
                try channel.rest(for: interval)
            }
        }
    }
}
