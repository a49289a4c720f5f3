extension PQConnection {
    /// Looks at a number until it is another one.
    ///
    /// It looks on the connection's own thread, so that a look in vain wakes no other. Meanwhile the connection does
    /// nothing else.
    /// - Parameters:
    ///   - statement: answers with one row; the number is its first column, a `bigint`.
    ///   - known: what the number was; nil to have it at once.
    ///   - interval: the time between two looks; zero for a statement that takes its own time.
    ///   - patience: how long the server may take to answer before the connection is given up as lost; nil leaves that to
    ///     TCP, which notices little while there is nothing to send.
    /// - Returns: the number, as soon as it is not `known`.
    /// - Throws: ``PQError``; ``PQError/Code/cancelled`` if the task is cancelled.
    public func number(
        from statement: PQStatement, otherThan known: Int64?, lookingEvery interval: Duration,
        patience: Duration? = nil
    ) async throws(PQError) -> Int64 {
        try await inTurn { (channel) throws(PQError) in
            while true {
                let look = { () throws(PQError) in try channel.query(statement).int64(row: 0, column: 0) }
                let number = if let patience { try channel.within(patience, look) } else { try look() }
                if number != known { return number }
                try channel.rest(for: interval)
            }
        }
    }
}
