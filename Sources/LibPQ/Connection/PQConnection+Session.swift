extension PQConnection {
    /// Whether a pooler lends the server's session for one transaction at a time; see ``PQPooling``.
    public var isPooled: Bool { channel.isPooled }

    /// Makes sure that the server's session is this connection's own.
    /// - Parameter purpose: what needs it, as the beginning of a sentence: `LISTEN`, `a migration`.
    /// - Throws: ``PQError/Code/sharedSession`` if a pooler in transaction mode, or one that may be, stands between.
    public func requireSession(for purpose: String) throws(PQError) {
        guard channel.isPooled else { return }
        throw PQError(
            .sharedSession,
            "\(purpose) needs a session of the server to itself, and a pooler stands between: connect directly to "
                + "PostgreSQL. If the pooler is in session mode, say so: \(PQPooling.advice(.session))")
    }
}

extension PQPooling {
    fileprivate static func advice(_ pooling: PQPooling) -> String {
        "OUTBOX_DATABASE_POOLING=\(pooling.rawValue), in code PQConfiguration.pooling"
    }
}

extension PQError {
    /// The pooler was said to be in session mode, and isn't: another session is there than that of the statements before.
    static func poolerOverlooked(_ error: PQError) -> PQError {
        PQError(
            .sharedSession,
            "the server does not know a statement that this connection has prepared (\(error.message)): the pooler "
                + "between is not in session mode, as it was said to be: \(PQPooling.advice(.automatic))",
            sqlState: error.sqlState)
    }
}
