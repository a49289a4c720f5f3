extension PQConnection {
    /// Starts to listen to a channel. Notifications come with ``nextNotification(timeout:)`` or ``notifications()``.
    /// A pooled connection stops listening when it is given back.
    /// - Parameter channel: the channel's exact name.
    /// - Throws: ``PQError``; ``PQError/Code/sharedSession`` behind a pooler in transaction mode.
    public func listen(_ channel: String) async throws(PQError) {
        try requireSession(for: "LISTEN")
        // Set first: if the answer is lost, there may be something to stop.
        isListening = true
        try await execute("LISTEN \(identifier: channel)")
    }

    /// Stops listening to a channel.
    /// - Parameter channel: the channel's exact name.
    /// - Throws: ``PQError``.
    public func unlisten(_ channel: String) async throws(PQError) {
        try await execute("UNLISTEN \(identifier: channel)")
    }

    /// Waits for a notification on any of the channels listened to. Meanwhile other tasks can use the connection.
    ///
    /// Each notification goes to one caller, in order. Those that nobody asks for are kept, the last 65,536 of them; a
    /// notification is a wake-up and no queue. While a transaction is open the server holds them back.
    /// - Parameter timeout: the longest to wait; nil for ever.
    /// - Returns: the notification, or nil when the time is over.
    /// - Throws: ``PQError/Code/connectionLost`` as soon as the server is gone, ``PQError/Code/closed``,
    ///   ``PQError/Code/cancelled``.
    public func nextNotification(timeout: Duration? = nil) async throws(PQError) -> PQNotification? {
        try receiveNotifications()
        let mailbox = mailbox
        return try await mailbox.take(timeout: timeout)
    }

    /// All notifications from now on, as a sequence; it ends by throwing, as ``nextNotification(timeout:)`` does.
    public nonisolated func notifications() -> PQNotifications { PQNotifications(connection: self) }

    /// Takes what has arrived, and has the thread watch the socket for more.
    private func receiveNotifications() throws(PQError) {
        // Its rows would be read into memory without limit; they and the notifications are read by the COPY itself.
        guard !isCopying else { return }
        try takeArrived()
        guard let socket = channel.socket else { return }
        thread.watch(socket) { [weak self] in
            guard let self else { return }
            Task { await self.socketIsReadable() }
        }
    }

    private func socketIsReadable() {
        guard !isCopying else { return }
        // A failure reaches whoever waits through the mailbox.
        try? takeArrived()
        if mailbox.hasWaiters { resumeWatching() }
    }

    private func takeArrived() throws(PQError) {
        // It may have been that the server goes away: the socket is closed then, and its number soon another's.
        defer { noteRest() }
        try channel.consumeArrived()
    }

    /// Watches the socket again after something else has had it.
    func resumeWatching() {
        guard mailbox.hasWaiters else { return }
        try? receiveNotifications()
    }
}
