import OutboxDoctor

/// Where a console looks, beside its dispatcher.
struct ConsoleSources: Sendable {
    let outbox: ConsoleStore
    /// `nil` when it is not told of a read model.
    let readModel: ReadModelStore?
    /// `nil` when the consumers are not to be seen.
    let consumers: ConsumerSource?
    /// For servers that give no progress.
    let doctor: Doctor
}

/// Asks brokers how far the consumers are.
package struct ConsumerSource: Sendable {
    /// How far each group is on each topic.
    package let read: @Sendable () async throws -> [ConsumerProgress]
    /// Nobody asks for a while: connections may be closed.
    package let rest: @Sendable () async -> Void

    /// Makes one.
    package init(
        read: @escaping @Sendable () async throws -> [ConsumerProgress], rest: @escaping @Sendable () async -> Void
    ) {
        self.read = read
        self.rest = rest
    }
}
