import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import OutboxDispatcher
import Servers
import Testing

@Suite("Dispatcher: events that can't be published", .serialized)
struct DispatcherFailureTests {
    private func numbers(_ records: [KafkaRecord], of aggregate: String) throws -> [Int] {
        try records.filter { $0.headerText("aggregate_id") == aggregate }.map { record in
            guard case .integer(let n)? = try JSONValue(parsing: record.value ?? [])["n"] else { return -1 }
            return Int(n)
        }
    }

    private func event(_ aggregate: String, _ n: Int, type: String = "position", padding: Int = 0) throws -> OutboxEvent
    {
        try TestDatabase.event(
            "\(type).updated", aggregate,
            payload: #"{"n": \#(n), "padding": "\#(String(repeating: "x", count: padding))"}"#)
    }

    @Test(
        "an event over the size limit is retried, parked with its reason, and holds its aggregate only; after mending, a retry sends the chain in order"
    )
    func tooLarge() async throws {
        let fixture = try await DispatcherFixture.make(configs: ["max.message.bytes": "20000"])
        try await fixture.database.save([
            try event("bad", 1), try event("bad", 2, padding: 50_000), try event("bad", 3), try event("bad", 4),
        ])
        try await fixture.database.save((0..<200).map { try event("P\($0)", 1) })
        try await fixture.withDispatcher({ $0.maximumRetries = 3 }) { _ in
            try await eventually(within: .seconds(60), "the large event is parked") {
                try await fixture.database.count("parked_at IS NOT NULL") == 1
            }
            try await fixture.waitUntilPublished(201)
        }
        let parked = try await ParkedEvents(pool: fixture.database.pool).list()
        #expect(parked.count == 1)
        #expect(parked.first?.event.retryCount == 3)
        #expect(parked.first?.event.lastError?.contains("max.message.bytes of 20000") == true)
        #expect(parked.first?.waiting == 2)
        #expect(try numbers(try await fixture.records(), of: "bad") == [1])

        // Mended: the topic takes it now.
        try await fixture.admin.alterTopicConfig(fixture.topic("position"), ["max.message.bytes": "200000"])
        let retried = try await ParkedEvents(pool: fixture.database.pool).retry(
            .aggregate(type: "position", id: "bad"), actor: "test", reason: "limit raised")
        #expect(retried == 1)
        try await fixture.withDispatcher { _ in try await fixture.waitUntilPublished(204) }
        #expect(try numbers(try await fixture.records(), of: "bad") == [1, 2, 3, 4])
        let audit = try await fixture.database.pool.withConnection {
            try await $0.query("SELECT actor, action, reason FROM outbox_audit")
        }
        let entry = try audit[0].decode((String, String, String).self)
        #expect(entry == ("test", "parked.retry", "limit raised"))
    }

    @Test("a topic name that Kafka does not allow, and a payload that is no object, are parked with their reasons")
    func invalid() async throws {
        let fixture = try await DispatcherFixture.make()
        try await fixture.database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload) VALUES
                (gen_random_uuid(), 'A', 'not allowed', 'x.y', '{}'),
                (gen_random_uuid(), 'B', 'position', 'position.updated', '[1, 2]'),
                (gen_random_uuid(), 'B', 'position', 'position.updated', '{"n": 2}'),
                (gen_random_uuid(), 'C', 'position', 'position.updated', '{"n": 1}')
            """)
        try await fixture.withDispatcher({ $0.maximumRetries = 2 }) { _ in
            try await eventually(within: .seconds(60), "both are parked") {
                try await fixture.database.count("parked_at IS NOT NULL") == 2
            }
            try await fixture.waitUntilPublished(1)
        }
        let reasons = try await ParkedEvents(pool: fixture.database.pool).list().map(\.event.lastError)
        #expect(reasons.contains { $0?.contains("topic name") == true })
        #expect(reasons.contains { $0?.contains("not a JSON object") == true })
        let records = try await fixture.records()
        #expect(try numbers(records, of: "C") == [1])
        #expect(try numbers(records, of: "B").isEmpty)
        // Discarded, the chain behind goes on, and the event is kept in the audit.
        let discarded = try await ParkedEvents(pool: fixture.database.pool).discard(
            .aggregate(type: "position", id: "B"), actor: "test", reason: "no object")
        #expect(discarded == 1)
        try await fixture.withDispatcher { _ in try await fixture.waitUntilPublished(2) }
        #expect(try numbers(try await fixture.records(), of: "B") == [2])
        let kept = try await fixture.database.pool.withConnection {
            try await $0.query(
                "SELECT FROM outbox_audit WHERE action = 'parked.discard' AND event ->> 'aggregate_id' = 'B'")
        }
        #expect(kept.rowCount == 1)
    }

    @Test("a missing topic stalls its own aggregates only, and they go on when it is made", .requiresBroker)
    func missingTopic() async throws {
        let fixture = try await DispatcherFixture.make(["position"])
        try await fixture.database.save((1...3).map { try event("L1", $0, type: "jobLevel") })
        try await fixture.database.save((0..<100).map { try event("P\($0)", 1) })
        try await fixture.withDispatcher { _ in
            try await fixture.waitUntilPublished(100)
            try await eventually(within: .seconds(60), "the first event of the missing topic says what it waits for") {
                try await fixture.database.count("aggregate_type = 'jobLevel' AND last_error LIKE '%does not exist%'")
                    == 1
            }
            #expect(try await fixture.database.count("retry_count > 0") == 0)
            try await fixture.createTopic("jobLevel")
            try await fixture.waitUntilPublished(103)
        }
        #expect(try numbers(try await fixture.records("jobLevel"), of: "L1") == [1, 2, 3])
    }

    @Test(
        "a record that the broker itself refuses is not overtaken by its aggregate, and small ones are never blamed",
        .requiresBroker)
    func refusedByBroker() async throws {
        // One partition: all aggregates share its batches.
        let fixture = try await DispatcherFixture.make(partitions: 1)
        let change: (inout DispatcherConfiguration) -> Void = {
            DispatcherFixture.uncompressed(&$0)
            $0.maximumRetries = 3
        }
        try await fixture.withDispatcher(change) { _ in
            // The dispatcher learns the topic's limit…
            try await fixture.database.save([try event("first", 1)])
            try await fixture.waitUntilPublished(1)
            // … and then it is lowered behind its back.
            try await fixture.admin.alterTopicConfig(fixture.topic("position"), ["max.message.bytes": "5000"])
            try await eventually(within: .seconds(60), "the broker knows the limit") {
                let configs = try await fixture.admin.describeTopicConfigs([fixture.topic("position")])
                return configs[fixture.topic("position")]?["max.message.bytes"] == "5000"
            }
            var events: [OutboxEvent] = []
            for n in 1...10 {
                for aggregate in 0..<40 { events.append(try event("P\(aggregate)", n, padding: 50)) }
                events.append(try event("bad", n, padding: n == 5 ? 9000 : 50))
            }
            try await fixture.database.save(events)
            try await fixture.waitUntilPublished(1 + 400 + 4)
            try await eventually(within: .seconds(60), "the large one is parked") {
                try await fixture.database.count("parked_at IS NOT NULL") == 1
            }
        }
        #expect(try await fixture.database.count("retry_count > 0") == 1)
        #expect(try await fixture.database.count("NOT published") == 6)
        let records = try await fixture.records()
        #expect(try firstOccurrences(numbers(records, of: "bad")) == [1, 2, 3, 4])
        for aggregate in 0..<40 {
            #expect(try firstOccurrences(numbers(records, of: "P\(aggregate)")) == Array(1...10))
        }
    }

    /// Duplicates may follow a refusal; order is that of the first occurrences.
    private func firstOccurrences(_ numbers: [Int]) -> [Int] {
        var seen: Set<Int> = []
        return numbers.filter { seen.insert($0).inserted }
    }
}
