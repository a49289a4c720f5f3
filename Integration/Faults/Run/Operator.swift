import FoundationEssentials
import LibPQ
import LibRDKafka
import Servers

/// What a person does when all is healed: looks at what is parked and dead, mends it or gives it up, by our own tools.
struct Operator {
    let scene: Scene

    private var world: World { scene.world }

    /// Expects the parked events to be those that were poisoned, and no others; mends or discards each.
    func workOnParkedEvents() async throws {
        let planted = scene.poisons.planted.filter(\.isParked)
        let parked = try await parkedIDs()
        for id in parked where !planted.contains(where: { $0.id == id }) {
            scene.complaints.add("events parked that nobody poisoned", try await describe(id))
        }
        for poison in planted where !parked.contains(poison.id) {
            scene.complaints.add(
                "poison that was not parked", "\(poison.kind.rawValue) \(poison.aggregate) \(poison.id)")
        }
        try await mendTopics(planted)
        for poison in planted where parked.contains(poison.id) { try await decide(on: poison) }
        // Innocent or not, what stays parked would hide what else is wrong.
        for id in parked where !planted.contains(where: { $0.id == id }) { try await retry(id) }
    }

    /// Tries what is still parked again: the dispatchers may have looked at a topic before it was mended.
    func retryParkedEvents() async throws {
        for id in try await parkedIDs() { try await retry(id) }
    }

    /// Expects no other aggregates to be dead in the consumer than those whose events were poisoned; mends all.
    func workOnDeadLetters() async throws {
        let planted = scene.poisons.planted.filter(\.isForConsumer)
        try await world.query.withConnection { connection in
            let dead = try await connection.query(
                "SELECT aggregate_type, aggregate_id FROM outbox_consumer_holds WHERE dead_at IS NOT NULL")
            let aggregates = try dead.rows.map { row in
                let (type, id) = try row.decode((String, String).self)
                return AggregateKey(type: type, id: id)
            }
            for aggregate in aggregates where !planted.contains(where: { $0.aggregate == aggregate }) {
                scene.complaints.add("aggregates dead in the consumer that nobody poisoned", "\(aggregate)")
            }
            for poison in planted where !aggregates.contains(poison.aggregate) {
                scene.complaints.add("poison that the consumer did not hold", "\(poison.aggregate) \(poison.id)")
            }
            try await connection.run(script: "INSERT INTO ledger_mended DEFAULT VALUES")
        }
        for poison in planted {
            let action = poison.isDiscarded ? "discard" : "retry"
            try await world.runToSuccess(
                world.programs.outbox,
                [
                    "dead-letters", action, "--aggregate", "\(poison.aggregate.type):\(poison.aggregate.id)", "--as",
                    "faults", "--reason", "mended",
                ])
        }
    }

    private func mendTopics(_ planted: [Poisons.Poison]) async throws {
        if planted.contains(where: { $0.kind == .poisonSize }) {
            try await world.withAdmin { admin in
                for type in RunSettings.types {
                    try await admin.alterTopicConfig(
                        RunSettings.topic(type), ["max.message.bytes": "1048576"])
                }
            }
        }
    }

    /// Expects events whose topic is missing to wait without being blamed, and makes the topic.
    func makeMissingTopic() async throws {
        guard scene.poisons.planted.contains(where: { $0.kind == .poisonTopic }) else { return }
        let blamed = try await world.outbox.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT count(*) FROM outbox_events
                WHERE aggregate_type = \(RunSettings.typeWithoutTopic) AND (published OR retry_count > 0)
                """)
            return try result.int64(row: 0, column: 0)
        }
        if blamed > 0 { scene.complaints.add("events blamed for their topic's absence", "\(blamed)") }
        try await world.broker.createTopic(
            RunSettings.topic(RunSettings.typeWithoutTopic), partitions: 2,
            settings: ["message.timestamp.type": "LogAppendTime"])
    }

    private func decide(on poison: Poisons.Poison) async throws {
        if poison.isDiscarded {
            try await world.runToSuccess(
                world.programs.outbox,
                ["parked", "discard", poison.id.uuidString, "--as", "faults", "--reason", poison.kind.rawValue])
            return
        }
        if poison.kind == .poisonPayload {
            try await world.outbox.withConnection { connection in
                try await connection.execute(
                    """
                    UPDATE outbox_events SET payload = \(poison.mendedPayload)::text::jsonb
                    WHERE event_id = \(poison.id)
                    """)
            }
        }
        try await retry(poison.id)
    }

    private func retry(_ id: UUID) async throws {
        try await world.runToSuccess(
            world.programs.outbox, ["parked", "retry", id.uuidString, "--as", "faults", "--reason", "mended"])
    }

    private func parkedIDs() async throws -> [UUID] {
        try await world.outbox.withConnection { connection in
            let parked = try await connection.query(
                "SELECT event_id FROM outbox_events WHERE NOT published AND parked_at IS NOT NULL ORDER BY id")
            return try parked.rows.map { try $0.decode(0, as: UUID.self) }
        }
    }

    private func describe(_ id: UUID) async throws -> String {
        try await world.outbox.withConnection { connection in
            let rows = try await connection.query(
                """
                SELECT aggregate_type || '/' || aggregate_id || ' ' || event_id || ': ' || coalesce(last_error, '')
                FROM outbox_events WHERE event_id = \(id)
                """)
            return rows.rowCount == 0 ? "\(id)" : try rows[0].decode(0, as: String.self)
        }
    }
}
