/// Somebody who watches; leaves the board when it is let go.
final class ConsoleWatcher: Sendable {
    /// Says that something has changed; of several changes that are not looked at, once.
    let changes: AsyncStream<Void>
    private let leave: @Sendable () -> Void

    init(changes: AsyncStream<Void>, leave: @escaping @Sendable () -> Void) {
        self.changes = changes
        self.leave = leave
    }

    deinit { leave() }
}
