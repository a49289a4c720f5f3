package import LibPQ
package import OutboxDispatcher
package import OutboxDoctor

/// The page at `/` for the one who is paged: what flows, what waits, what is wrong, and what may be done about it.
///
/// It reads the dispatcher's own figures, and the database on connections of its own, as seldom as it can and only while
/// somebody watches.
package struct DispatchConsole: Sendable {
    let configuration: ConsoleConfiguration
    let dispatcher: Dispatcher
    /// For what operators do, which may take longer.
    let operations: PQPool
    let board = ConsoleBoard()
    let sources: ConsoleSources
    let poller: ConsolePoller
    let door: OperatorDoor

    /// Connects nowhere yet.
    ///
    /// - Parameters:
    ///   - configuration: what is shown, and what may be done.
    ///   - dispatcher: the one that it shows.
    ///   - databaseURL: the outbox's database.
    ///   - operatorURL: the same, by a role that may do what operators do.
    ///   - readModelURL: the read model's database; `nil` when it is not known.
    ///   - pooling: whether a pooler stands before them.
    ///   - consumers: asks how far the consumers are; `nil` when nobody can.
    ///   - doctor: looks at servers that give no progress.
    package init(
        _ configuration: ConsoleConfiguration, dispatcher: Dispatcher, databaseURL: String,
        operatorURL: String, readModelURL: String? = nil, pooling: PQPooling,
        consumers: ConsumerSource?, doctor: Doctor
    ) {
        self.configuration = configuration
        self.dispatcher = dispatcher
        sources = ConsoleSources(
            outbox: ConsoleStore(pool: ConsoleStore.pool(url: databaseURL, pooling: pooling)),
            readModel: readModelURL.map {
                ReadModelStore(pool: ConsoleStore.pool(url: $0, pooling: pooling, connections: 1))
            }, consumers: consumers, doctor: doctor)
        operations = ConsoleStore.pool(url: operatorURL, pooling: pooling, connections: 1, patience: .seconds(25))
        poller = ConsolePoller(
            configuration: configuration, dispatcher: dispatcher, board: board, sources: sources)
        door = OperatorDoor(token: configuration.operatorToken)
    }

    /// Keeps the figures of the last minutes until the task is cancelled.
    package func run() async { await poller.keepSamples() }

    /// Closes the connections.
    package func close() async {
        await sources.outbox.pool.close()
        await operations.close()
        await sources.readModel?.pool.close()
        await sources.consumers?.rest()
    }
}
