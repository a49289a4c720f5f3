import LibRDKafka
import OutboxDispatcher
import Servers
import Testing

@Suite("Dispatcher: topics that change under way", .serialized, .requiresBroker)
struct ChangedTopicTests {
    @Test("a topic that is deleted, and made anew with fewer partitions, goes on in order; others never stop")
    func madeAnew() async throws {
        let fixture = try await DispatcherFixture.make(["position", "job"])
        try await fixture.insert(aggregates: 200, perAggregate: 40)
        try await fixture.withDispatcher({ $0.batchSize = 20 }) { dispatcher in
            try await fixture.waitUntilPublished("position", 2000)
            _ = try await fixture.admin.deleteTopics([fixture.topic("position")])
            try await fixture.insert(aggregates: 200, perAggregate: 5)
            try await eventually(within: .seconds(60), "the topic is on hold") { dispatcher.health.topicsOnHold == 1 }
            let free = ContinuousClock.now
            try await fixture.insert("job", aggregates: 100, perAggregate: 20)
            try await fixture.waitUntilPublished("job", 2000)
            print("beside a deleted topic: 2,000 events in \(ContinuousClock.now - free)")
            try await fixture.createTopic("position", partitions: 2)
            let made = ContinuousClock.now
            try await fixture.waitUntilPublished("position", 9000)
            print("made anew: all is published after \(ContinuousClock.now - made)")
        }
        #expect(try await fixture.database.count("retry_count > 0") == 0)
        try await fixture.checkTopic("job")
        // What was on the old topic is gone with it.
        try await fixture.checkTopic(mayLackBeginning: true)
    }

    @Test("a limit that is lowered below what is batched already blames nobody who fits")
    func limitLowered() async throws {
        let fixture = try await DispatcherFixture.make()
        try await fixture.insert(aggregates: 300, perAggregate: 30, padding: 100)
        try await fixture.withDispatcher(DispatcherFixture.uncompressed) { _ in
            try await fixture.waitUntilPublished("position", 1000)
            try await fixture.admin.alterTopicConfig(fixture.topic("position"), ["max.message.bytes": "2000"])
            try await fixture.insert(aggregates: 300, perAggregate: 30, padding: 100)
            let lowered = ContinuousClock.now
            try await fixture.waitUntilPublished("position", 18_000)
            print("limit lowered under load: all is published after \(ContinuousClock.now - lowered)")
        }
        #expect(try await fixture.database.count("retry_count > 0") == 0)
        try await fixture.checkTopic()
    }

    @Test("an event that is refused as a new producer's first is not overtaken by those in flight behind it")
    func refusedFirst() async throws {
        let fixture = try await DispatcherFixture.make()
        let topic = fixture.topic("position")
        try await fixture.insert(aggregates: 6, perAggregate: 1)
        let change: (inout DispatcherConfiguration) -> Void = {
            DispatcherFixture.uncompressed(&$0)
            $0.maximumRetries = 1000
        }
        try await fixture.withDispatcher(change) { _ in
            try await fixture.waitUntilPublished("position", 6)
            try await fixture.admin.alterTopicConfig(topic, ["max.message.bytes": "3000"])
            try await fixture.database.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                SELECT gen_random_uuid(), 'A' || a, 'position', 'position.updated',
                    jsonb_build_object('n', n, 'padding', repeat('x', CASE n WHEN 2 THEN 2800 ELSE 10 END))
                FROM generate_series(1, 6) a, generate_series(2, 9) n ORDER BY a, n
                """)
            try await eventually(within: .seconds(60), "each aggregate's large event was refused") {
                try await fixture.database.count("retry_count > 0") == 6
            }
            try await fixture.admin.alterTopicConfig(topic, ["max.message.bytes": "1048588"])
            try await fixture.waitUntilPublished("position", 54)
        }
        try await fixture.checkTopic()
    }

    @Test("a topic that refuses the time of sending waits as a whole, unblamed, until it takes it")
    func timestamps() async throws {
        let fixture = try await DispatcherFixture.make(["position", "job"])
        let topic = fixture.topic("position")
        try await fixture.withDispatcher { dispatcher in
            try await fixture.insert(aggregates: 20, perAggregate: 1)
            try await fixture.waitUntilPublished("position", 20)
            try await fixture.admin.alterTopicConfig(topic, ["message.timestamp.before.max.ms": "0"])
            try await fixture.insert(aggregates: 20, perAggregate: 5)
            try await eventually(within: .seconds(60), "the topic is on hold") { dispatcher.health.topicsOnHold == 1 }
            try await fixture.insert("job", aggregates: 100, perAggregate: 1)
            try await fixture.waitUntilPublished("job", 100)
            try await fixture.admin.alterTopicConfig(
                topic, ["message.timestamp.before.max.ms": "9223372036854775807"])
            try await fixture.waitUntilPublished("position", 120)
        }
        #expect(try await fixture.database.count("retry_count > 0") == 0)
        try await fixture.checkTopic()
    }
}
