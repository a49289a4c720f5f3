import CLibPQ

extension PQChannel {
    /// Finds out whose the session is, and puts the settings in force where it is this connection's own.
    func beginSession() throws(PQError) {
        hasPooler = configuration.pooling == .transaction ? true : try isAnsweredBySomebodyElse()
        isPooled = hasPooler && configuration.pooling != .session
        // In a lent session they would stay behind for whoever gets it next.
        let settings = configuration.sessionScript
        if !isPooled && !settings.isEmpty { try run(script: settings) }
    }

    /// Whether another server process answers than the one that the connection was told of when it was made: a pooler
    /// makes up a process id (and a key) of its own, by which it knows whose statement to cancel.
    private func isAnsweredBySomebodyElse() throws(PQError) -> Bool {
        try send("SELECT pg_backend_pid()", prepared: nil)
        let answer = try readResult()
        return try answer[0].decode(0, as: Int32.self) != PQbackendPID(try connection())
    }

    /// Whether statements are prepared: not where the next one may reach another session, which does not know them.
    var preparesStatements: Bool { configuration.preparesStatements && !isPooled }

    /// What has to go in front of the next statement: the settings, outside of a transaction in a session that is lent.
    var settingsToSend: String? { isPooled && transactionStatus == PQTRANS_IDLE ? settingsQuery : nil }

    /// Begins a transaction, with the settings where the session is lent.
    /// - Parameter statement: BEGIN, with what it takes.
    func begin(_ statement: String) throws(PQError) {
        let settings = isPooled ? configuration.transactionScript : ""
        do {
            try run(script: settings.isEmpty ? statement : "\(statement); \(settings)")
        } catch {
            // A setting was refused, in the transaction.
            if transactionStatus == PQTRANS_INERROR { try run(script: "ROLLBACK") }
            throw error
        }
    }
}
