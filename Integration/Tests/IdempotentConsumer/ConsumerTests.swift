import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka
import OutboxTelemetry
import QueryCache
import Servers
import Synchronization
import Testing

@Suite("The idempotent consumer")
struct ConsumerTests {
    private struct Crash: Error {}

    @Test("events take effect in order, the cache follows, and Kafka hears of it")
    func mainWay() async throws {
        try await ConsumerFixture.with(partitions: 3) { fixture in
            let consumer = try fixture.consumer()
            try await fixture.running(consumer) {
                try await fixture.publish((1...300).map { fixture.event($0, of: "P\($0 % 10)") })
                try await eventually(within: .seconds(60), "300 events are applied") {
                    try await fixture.applied().count == 300
                }
                for aggregate in 0..<10 {
                    let sequences = try await fixture.applied(to: "P\(aggregate)")
                    #expect(sequences == sequences.sorted())
                }
                try await eventually(within: .seconds(60), "the cache is fresh") {
                    try await fixture.answer(for: "P3") == #"{"count":30,"last":293}"#
                }
                try await eventually(within: .seconds(60), "the consumer is ready") { consumer.health.isReady }
                #expect(consumer.health.partitions == 3)
            }
            #expect(!consumer.health.isReady)
            #expect(try await fixture.count("SELECT sum(next_offset)::bigint FROM outbox_consumer_offsets") == 300)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_inbox") == 300)
            #expect(fixture.metric(#"outbox_consume_applied_total{event_type="position.updated"}"#) == 300)
        }
    }

    @Test("the group's committed offsets in Kafka follow the database's", .requiresBroker)
    func kafkaOffsets() async throws {
        try await ConsumerFixture.with { fixture in
            let consumer = try fixture.consumer()
            try await fixture.running(consumer) {
                try await fixture.publish((1...20).map { fixture.event($0, of: "P1") })
                try await eventually(within: .seconds(60), "20 events are applied") {
                    try await fixture.applied().count == 20
                }
            }
            #expect(try await fixture.committedOffset() == 20)
        }
    }

    @Test("a drain waits until what was applied has been told: to the cache and to Kafka", .requiresBroker)
    func drainAfterApplying() async throws {
        try await ConsumerFixture.with { fixture in
            fixture.projection.poison(2)
            try await fixture.publish([fixture.event(1, of: "P1"), fixture.event(2, of: "P2")])
            // Between the database's commit and what follows it, the failure is logged.
            let consumer = try fixture.consumer(logs: SlowHandler()) { $0.commitInterval = .seconds(3_600) }
            try await fixture.running(consumer) {
                try await eventually(within: .seconds(60), "1 is applied") { try await fixture.applied() == [1] }
            }
            #expect(try await fixture.answer(for: "P1") == #"{"count":1,"last":1}"#)
            #expect(try await fixture.committedOffset() == 2)
        }
    }

    @Test("the same event delivered three times takes effect once")
    func duplicates() async throws {
        try await ConsumerFixture.with { fixture in
            let id = UUID()
            try await fixture.publish([fixture.event(1, of: "P1", id: id), fixture.event(1, of: "P1", id: id)])
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "it is applied") { try await !fixture.applied().isEmpty }
                try await fixture.publish([fixture.event(1, of: "P1", id: id), fixture.event(2, of: "P1")])
                try await eventually(within: .seconds(60), "the next one is applied") {
                    try await fixture.applied().contains(2)
                }
            }
            #expect(try await fixture.applied() == [1, 2])
            #expect(fixture.metric("outbox_consume_duplicates_total") == 2)
        }
    }

    @Test(
        "a crash between the database's commit and Kafka's repeats nothing, and the cache is repaired", .requiresBroker)
    func crashBetweenCommits() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.publish((1...5).map { fixture.event($0, of: "P1") })
            let crashing = try fixture.consumer(
                hooks: FaultHooks(afterDatabaseCommit: { if try await !fixture.applied().isEmpty { throw Crash() } }))
            await #expect(throws: Crash.self) { try await crashing.run() }
            #expect(try await fixture.answer(for: "P1") == nil)
            #expect(try await fixture.applied() == [1, 2, 3, 4, 5])
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "the sweep refreshes the cache") {
                    try await fixture.answer(for: "P1") == #"{"count":5,"last":5}"#
                }
                try await fixture.publish([fixture.event(6, of: "P1")])
                try await eventually(within: .seconds(60), "it goes on") { try await fixture.applied().contains(6) }
            }
            #expect(try await fixture.applied() == [1, 2, 3, 4, 5, 6])
            // Not even read again: the database's offset is where reading went on.
            #expect(fixture.metric("outbox_consume_duplicates_total") == 0)
        }
    }

    @Test("after the offsets were lost, the inbox keeps events from taking effect again", .requiresBroker)
    func lostOffsets() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.publish((1...5).map { fixture.event($0, of: "P1") })
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied().count == 5 }
            }
            try await fixture.execute("DELETE FROM outbox_consumer_offsets")
            try await fixture.running(try fixture.consumer()) {
                try await fixture.publish([fixture.event(6, of: "P1")])
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied().contains(6) }
            }
            #expect(try await fixture.applied() == [1, 2, 3, 4, 5, 6])
            #expect(fixture.metric("outbox_consume_duplicates_total") == 5)
        }
    }

    @Test("an offset set back while it runs is noticed, and reading goes on there")
    func offsetSetBack() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.publish((1...5).map { fixture.event($0, of: "P1") })
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied().count == 5 }
                // An operator wants events 3 and on once more.
                try await fixture.execute("DELETE FROM ledger WHERE sequence >= 3")
                try await fixture.execute(
                    """
                    WITH forgotten AS (DELETE FROM outbox_inbox)
                    UPDATE outbox_consumer_offsets SET next_offset = 2
                    """)
                try await fixture.publish([fixture.event(6, of: "P1")])
                try await eventually(within: .seconds(60), "applied again") {
                    try await fixture.applied() == [1, 2, 3, 4, 5, 6]
                }
            }
        }
    }

    @Test(
        "an offset beyond the partition's end goes back to the oldest record, and the inbox keeps duplicates out",
        .requiresBroker)
    func offsetBeyondEnd() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.publish((1...5).map { fixture.event($0, of: "P1") })
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied().count == 5 }
            }
            try await fixture.execute("UPDATE outbox_consumer_offsets SET next_offset = 1000")
            try await fixture.publish([fixture.event(6, of: "P1")])
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied().contains(6) }
            }
            #expect(try await fixture.applied() == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test("events of unknown types are counted, skipped, and not in the inbox")
    func unknownTypes() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.publish([
                fixture.event(1, of: "P1", type: "position.archived"), fixture.event(2, of: "P1"),
            ])
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied() == [2] }
            }
            #expect(fixture.metric(#"outbox_consume_skipped_total{event_type="position.archived"}"#) == 1)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_inbox") == 1)
        }
    }

    @Test("the event's trace is the projection's")
    func trace() async throws {
        try await ConsumerFixture.with { fixture in
            let trace = TraceContext.generate()
            try await fixture.publish([
                fixture.event(1, of: "P1", extra: [KafkaHeader("traceparent", trace.traceparent)])
            ])
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied() == [1] }
            }
            #expect(fixture.projection.traces == [trace.traceID.description])
        }
    }

    @Test("transient trouble of a projection is waited for, red, and then all is applied")
    func transientTrouble() async throws {
        try await ConsumerFixture.with { fixture in
            fixture.projection.setUnavailable(true)
            try await fixture.publish((1...3).map { fixture.event($0, of: "P1") })
            let consumer = try fixture.consumer()
            try await fixture.running(consumer) {
                try await eventually(within: .seconds(60), "it is tried again") { fixture.projection.calls.count >= 3 }
                try await eventually(within: .seconds(60), "not ready") { consumer.health.stalledPartitions == 1 }
                #expect(!consumer.health.isReady)
                #expect(try await fixture.applied().isEmpty)
                fixture.projection.setUnavailable(false)
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied() == [1, 2, 3] }
                try await eventually(within: .seconds(60), "ready again") { consumer.health.isReady }
            }
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_holds") == 0)
        }
    }

    @Test("connections cut in mid-flight cost nothing: no loss, no double, no other order")
    func terminatedConnections() async throws {
        try await ConsumerFixture.with(partitions: 4) { fixture in
            let total: Int64 = 6_000
            let database = PostgresServer.databaseName(in: fixture.databaseURL)
            let consumer = try fixture.consumer { $0.batchSize = 50 }
            try await fixture.running(consumer) {
                try await fixture.publish((1...total).map { fixture.event($0, of: "P\($0 % 50)") })
                for round in 1...5 {
                    try await eventually(within: .seconds(60), "it gets on") {
                        try await fixture.applied().count >= Int(total) * (round - 1) / 8
                    }
                    try await PostgresServer.shared().terminateBackends(database: database)
                }
                try await eventually(within: .seconds(120), "all is applied") {
                    try await fixture.applied().count >= Int(total)
                }
            }
            #expect(try await fixture.applied().sorted() == Array(1...total))
            for aggregate in 0..<50 {
                let sequences = try await fixture.applied(to: "P\(aggregate)")
                #expect(sequences == sequences.sorted())
            }
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_holds") == 0)
        }
    }

    @Test("without its tables it says what is missing")
    func missingTables() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.pool.withConnection { try await IdempotentConsumer.migrations.revert(on: $0) }
            let error = await #expect(throws: ConsumerError.self) { try await fixture.consumer().run() }
            #expect(error?.code == .schemaMissing)
            #expect(error?.message.contains("outbox_inbox") == true)
        }
    }

    @Test("old event ids are forgotten, some at a time")
    func inboxRetention() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.execute(
                """
                INSERT INTO outbox_inbox (consumer, event_id, applied_at)
                SELECT \("ledger-\(fixture.topic)"), gen_random_uuid(), now() - interval '2 hours'
                FROM generate_series(1, 7000)
                """)
            try await fixture.publish([fixture.event(1, of: "P1")])
            try await fixture.running(try fixture.consumer { $0.inboxRetention = .seconds(3_600) }) {
                try await eventually(within: .seconds(60), "only the new one is left") {
                    try await fixture.count("SELECT count(*) FROM outbox_inbox") == 1
                }
            }
            #expect(fixture.metric("outbox_consume_inbox_deleted_total") == 7_000)
        }
    }
}
