import Foundation
import LibRDKafka
import Servers

/// A foreign producer writes to the topic what is no event.
struct PoisonRecord: Fault {
    func strike(_ planned: PlannedFault, _ scene: Scene) async throws -> String {
        let key = "foreign-\(planned.number)"
        let id = KafkaHeader("event_id", UUID().uuidString)
        let type = KafkaHeader("event_type", "order.changed")
        let (value, headers): (String?, [KafkaHeader]) = planned.choice(of: [
            ("{}", []), ("{}", [KafkaHeader("event_id", "not an id"), type]), ("{\"broken", [id, type]),
            (nil, [id, type]), ("[]", [id, type]),
        ])
        let producer = try KafkaProducer(
            KafkaProducerConfiguration(bootstrapServers: scene.world.broker.bootstrapServers))
        let topic = RunSettings.topic(RunSettings.types[planned.variant % RunSettings.types.count])
        let reports = try await producer.send([
            KafkaMessage(topic: topic, key: Array(key.utf8), value: value.map { Array($0.utf8) }, headers: headers)
        ])
        await producer.close()
        if let error = reports.compactMap(\.error).first { throw error }
        scene.poisons.plantedRecord(key: key)
        return key
    }
}
