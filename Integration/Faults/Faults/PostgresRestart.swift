import Servers

/// One of the PostgreSQL servers goes, and comes back.
struct PostgresRestart: Fault {
    let mode: PostgresServer.ShutdownMode

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let world = scene.world
        let (name, server) = planned.choice(of: [("outbox", world.outboxServer), ("query", world.queryServer)])
        try await server.stop(mode: mode)
        try await planned.last()
        try await server.start()
        return name
    }
}
