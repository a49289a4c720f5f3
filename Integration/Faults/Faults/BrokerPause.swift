import Servers

/// A broker freezes: its connections stay open, and nothing answers.
struct BrokerPause: Fault {
    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let broker = scene.world.broker
        let node = planned.choice(of: broker.nodes)
        try broker.pause(node: node)
        do {
            try await planned.last()
        } catch {
            try broker.resume(node: node)
            throw error
        }
        try broker.resume(node: node)
        return "broker-\(node)"
    }
}
