import Servers

/// An administrator ends all sessions of one of the PostgreSQL servers.
struct SessionsTerminated: Fault {
    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let world = scene.world
        let (name, server) = planned.choice(of: [("outbox", world.outboxServer), ("query", world.queryServer)])
        // The server may be on its way back from another fault.
        try await eventually(within: .seconds(60), "the sessions are ended") {
            try await server.terminateBackends()
            return true
        }
        return name
    }
}
