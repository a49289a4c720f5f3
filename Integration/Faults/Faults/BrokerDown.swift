import Servers

/// A broker goes, at once or in order, and comes back.
struct BrokerDown: Fault {
    let isKilled: Bool

    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let broker = scene.world.broker
        let node = planned.choice(of: broker.nodes)
        if isKilled { try broker.kill(node: node) } else { try await broker.stop(node: node) }
        try await planned.last()
        try await broker.start(node: node)
        return "broker-\(node)"
    }
}
