import CLibPQ

extension PQConnection {
    /// Whether a connection that lay idle still works.
    /// - Parameter askServer: whether to ask the server, rather than only look for what it has sent.
    func isHealthy(askServer: Bool) -> Bool {
        do {
            try performShielded { (channel) throws(PQError) in
                try channel.consumeArrived()
                guard askServer else { return }
                try channel.within(.seconds(5)) { () throws(PQError) in try channel.run(script: "SELECT 1") }
            }
            return channel.isUsable
        } catch {
            return false
        }
    }

    /// Makes the connection ready for its next user: no transaction is open and nothing is listened to.
    /// - Returns: whether it can be used again.
    func reset() -> Bool {
        guard channel.isUsable, scope == nil else { return false }
        do {
            try performShielded { (channel) throws(PQError) in
                if channel.transactionStatus != PQTRANS_IDLE { try channel.run(script: "ROLLBACK") }
                if isListening { try channel.run(script: "UNLISTEN *") }
            }
        } catch {
            return false
        }
        isListening = false
        while mailbox.takeIfAvailable() != nil {}
        return channel.isUsable && channel.transactionStatus == PQTRANS_IDLE
    }
}
