import CLibPQ

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// What a pool asks between two users. Most often nothing is to be done, and that is found out on the pool's own thread:
// a change of threads costs more than many a statement.
extension PQConnection {
    /// Whether the connection needs no ``reset()``.
    nonisolated var isAtRest: Bool { restingSocket.withLock { $0 != nil } && mailbox.count == 0 }

    /// Whether the connection is at rest and the server has sent nothing since: not even that it goes away.
    nonisolated var isSilent: Bool {
        guard let socket = restingSocket.withLock({ $0 }) else { return false }
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }

    /// Called after everything that may change it.
    func noteRest() {
        let isAtRest =
            scope == nil && !isListening && channel.isUsable && channel.transactionStatus == PQTRANS_IDLE
        let socket = isAtRest ? channel.socket : nil
        restingSocket.withLock { $0 = socket }
    }

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
