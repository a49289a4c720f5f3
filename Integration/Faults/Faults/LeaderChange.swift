import LibRDKafka
import Servers

/// The leader of a partition goes, another one takes over, and the first one leads again some seconds after it is back.
struct LeaderChange: Fault {
    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let broker = scene.world.broker
        let topic = RunSettings.topic(planned.choice(of: RunSettings.types))
        let partition = KafkaTopicPartition(topic, Int32(planned.variant % 4))
        let leader = Int(try await leader(of: partition, broker))
        try await broker.stop(node: leader)
        try await planned.last()
        try await broker.start(node: leader)
        return "broker-\(leader) of \(partition)"
    }

    private func leader(of partition: KafkaTopicPartition, _ broker: KafkaBroker) async throws -> Int32 {
        let admin = try KafkaAdmin(bootstrapServers: broker.bootstrapServers)
        var leader: Int32?
        do {
            try await eventually(within: .seconds(60), "\(partition) has a leader") {
                let known = try await admin.metadata(topics: [partition.topic]).topic(partition.topic)?.partitions
                leader = known?.first { $0.id == partition.partition && $0.leader > 0 }?.leader
                return leader != nil
            }
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
        return leader ?? 1
    }
}
