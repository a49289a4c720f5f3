import LibRDKafka
import Servers

/// Fewer replicas in sync than the topics ask for: the brokers refuse what is to be acknowledged by all.
struct ReplicasLost: Fault {
    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let broker = scene.world.broker
        let one = planned.choice(of: broker.nodes)
        // Either the controllers lose their majority with the brokers, or only the topics miss a replica.
        let losesMajority = planned.variant % 2 == 0
        let lost = losesMajority ? broker.nodes.filter { $0 != one } : [one]
        if !losesMajority { try await require(replicas: broker.nodes.count, scene) }
        for node in lost { try broker.kill(node: node) }
        try await planned.last()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in lost { group.addTask { try await broker.start(node: node) } }
            try await group.waitForAll()
        }
        if !losesMajority { try await require(replicas: nil, scene) }
        return lost.map { "broker-\($0)" }.joined(separator: " ") + (losesMajority ? "" : ", all three asked for")
    }

    private func require(replicas: Int?, _ scene: Scene) async throws {
        try await scene.world.withAdmin { admin in
            for type in RunSettings.types {
                try await admin.alterTopicConfig(
                    RunSettings.topic(type), ["min.insync.replicas": replicas.map { "\($0)" }])
            }
        }
    }
}
