/// The connections whose transactions the current task is inside of: waiting for one of them would be for ever.
enum HeldConnections {
    @TaskLocal static var current: [ObjectIdentifier] = []
}

extension PQConnection {
    /// - Throws: ``PQError/Code/usage`` if the current task's own transaction has this connection.
    nonisolated func checkNotHeld() throws(PQError) {
        guard !HeldConnections.current.contains(ObjectIdentifier(self)) else {
            throw PQError(
                .usage, "this task's own transaction has the connection: use the transaction, not the connection")
        }
    }
}
