/// The notifications that reach a connection, from ``PQConnection/notifications()``.
public struct PQNotifications: AsyncSequence, Sendable {
    let connection: PQConnection

    /// Makes an iterator. Several share the notifications among them.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: connection) }

    /// Asks the connection for one notification after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let connection: PQConnection

        /// Waits for the next notification.
        public mutating func next() async throws(PQError) -> PQNotification? {
            try await connection.nextNotification()
        }

        /// Waits for the next notification.
        public mutating func next(isolation: isolated (any Actor)?) async throws(PQError) -> PQNotification? {
            try await connection.nextNotification()
        }
    }
}
