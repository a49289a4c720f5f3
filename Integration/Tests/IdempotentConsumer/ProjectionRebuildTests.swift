import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka
import OutboxTelemetry
import QueryCache
import Servers
import Synchronization
import Testing

@Suite("Rebuild of a projection", .requiresBroker)
struct ProjectionRebuildTests {
    @Test("a corrupt read model is rebuilt while events flow and queries read, and the consumer goes on, exactly")
    func rebuild() async throws {
        try await Self.withLedger(partitions: 3) { fixture, ledger in
            let consumer = try fixture.consumer(projection: ledger) { $0.batchSize = 50 }
            try await fixture.running(consumer) {
                let duplicate = fixture.event(1, of: "P1")
                try await fixture.publish([duplicate] + (2...3_000).map { fixture.event($0, of: "P\($0 % 97)") })
                // Delivered again, among the others.
                try await fixture.publish([duplicate])
                try await fixture.eventuallyCounts(3_000)
                try await fixture.execute("DELETE FROM ledger.entries WHERE sequence % 3 = 0")
                try await fixture.execute(
                    """
                    INSERT INTO ledger.entries (event_id, aggregate_id, sequence)
                    SELECT event_id, 'P0', sequence FROM ledger.entries WHERE sequence % 7 = 0
                    """)

                let end = End()
                let publishing = Self.publish(from: 3_001, until: end, fixture)
                let reading = Self.read(until: end, fixture)
                let report: RebuildReport
                do {
                    report = try await Self.rebuild(fixture, ledger) { _ in end.count() }
                } catch {
                    end.come()
                    throw error
                }
                // The consumer goes on after the swap.
                try await Task.sleep(for: .milliseconds(200))
                end.come()
                let total = try await publishing.value
                let reads = try await reading.value
                #expect(reads > 0)
                #expect(report.records >= 3_001)
                #expect(end.calls > 0)
                try await fixture.eventuallyCounts(total)
                try await fixture.expectExact(total)
                try await eventually(within: .seconds(30), "every cached answer is that of the new tables") {
                    try await fixture.count(
                        """
                        SELECT count(*) FROM (SELECT aggregate_id, count(*) AS n FROM ledger.entries GROUP BY 1) AS truth
                        WHERE NOT EXISTS (
                            SELECT FROM query_cache WHERE key = 'ledger/' || aggregate_id AND value::text = n::text)
                        """) == 0
                }
                try await fixture.expectNothingLeft()
            }
        }
    }

    @Test("what waits in the consumer and what was discarded is neither lost nor applied twice")
    func holds() async throws {
        let poison = SchemaLedger.Poison(3)
        try await Self.withLedger(poison: poison) { fixture, ledger in
            try await fixture.broker.createTopic(fixture.topic + ".dlq")
            let events = (1...8).map { fixture.event($0, of: $0 == 8 ? "P8" : "P\($0 % 2)") }
            try await fixture.publish(events)
            // While it runs: 3, 5 and 7 wait. Stopped, 3 is discarded; the others are applied to the new tables.
            try await fixture.running(try fixture.consumer(projection: ledger) { $0.maximumAttempts = 1 }) {
                try await eventually(within: .seconds(60), "3 is a dead letter") {
                    try await fixture.count("SELECT count(*) FROM outbox_consumer_holds WHERE dead_at IS NOT NULL") == 1
                }
                try await eventually(within: .seconds(60), "5 and 7 wait behind it") {
                    try await fixture.count("SELECT count(*) FROM outbox_consumer_held_events") == 3
                }
            }
            // Still poisoned: it waits as before.
            try await Self.rebuild(fixture, ledger)
            #expect(try await fixture.sequences() == [1, 2, 4, 6, 8])
            let waiting = try await fixture.deadLetters.list()
            #expect(waiting.map(\.waiting) == [3])

            // Mended: all of it is applied, and nothing waits any more.
            poison.mend()
            try await Self.rebuild(fixture, ledger)
            #expect(try await fixture.sequences() == [1, 2, 3, 4, 5, 6, 7, 8])
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_holds") == 0)

            // Delivered again, all of it, and one more.
            try await fixture.publish(events + [fixture.event(9, of: "P1")])
            try await fixture.running(try fixture.consumer(projection: ledger)) {
                try await fixture.eventuallyCounts(9)
            }
            try await fixture.expectExact(9)
            try await fixture.expectNothingLeft()
        }
    }

    @Test("a discarded event stays out of the new tables")
    func discarded() async throws {
        let poison = SchemaLedger.Poison(2)
        try await Self.withLedger(poison: poison) { fixture, ledger in
            try await fixture.broker.createTopic(fixture.topic + ".dlq")
            try await fixture.publish((1...3).map { fixture.event($0, of: "P1") })
            try await fixture.running(try fixture.consumer(projection: ledger) { $0.maximumAttempts = 1 }) {
                try await eventually(within: .seconds(60), "2 has been discarded") {
                    try await fixture.deadLetters.discard(.all, actor: "ada", reason: "test") == 1
                }
                try await fixture.eventuallyCounts(2)
            }
            poison.mend()
            try await Self.rebuild(fixture, ledger)
            #expect(try await fixture.sequences() == [1, 3])
        }
    }

    @Test("before the consumer has run, and when a topic may have lost records, a rebuild is refused")
    func refusals() async throws {
        try await Self.withLedger { fixture, ledger in
            await #expect(throws: ConsumerError.self) { try await Self.rebuild(fixture, ledger) }
            let topic = fixture.topic + ".compacted"
            try await fixture.broker.createTopic(topic, settings: ["cleanup.policy": "compact"])
            let messages = (Int64(1)...3).map { number in
                var message = fixture.event(number, of: "P\(number)")
                message.topic = topic
                return message
            }
            try await fixture.publish(messages)
            try await fixture.running(try fixture.consumer(projection: ledger) { $0.topics = [topic] }) {
                try await fixture.eventuallyCounts(3)
            }
            await #expect(throws: ConsumerError.self) { try await Self.rebuild(fixture, ledger) }
            #expect(try await fixture.sequences() == [1, 2, 3])
            try await fixture.expectNothingLeft()
            try await Self.rebuild(fixture, ledger, allowsMissingRecords: true)
            try await fixture.expectExact(3)
        }
    }

    // MARK: Helpers

    /// Ends what runs beside a rebuild, and counts what it says of its progress.
    private final class End: Sendable {
        private let isOver = Atomic(false)
        private let counted = Atomic(0)

        var hasCome: Bool { isOver.load(ordering: .relaxed) }
        func come() { isOver.store(true, ordering: .relaxed) }
        var calls: Int { counted.load(ordering: .relaxed) }
        func count() { counted.add(1, ordering: .relaxed) }
    }

    /// Publishes all the while.
    /// - Returns: the last sequence.
    private static func publish(
        from first: Int64, until end: End, _ fixture: ConsumerFixture
    ) -> Task<Int64, any Error> {
        Task {
            var next = first
            while !end.hasCome {
                try await fixture.publish((next..<next + 20).map { fixture.event($0, of: "P\($0 % 97)") })
                next += 20
                try await Task.sleep(for: .milliseconds(10))
            }
            return next - 1
        }
    }

    /// Reads all the while: there is never a moment without the table, and never an empty one.
    /// - Returns: how often.
    private static func read(until end: End, _ fixture: ConsumerFixture) -> Task<Int, any Error> {
        Task {
            var reads = 0
            while !end.hasCome {
                let entries = try await fixture.count("SELECT count(*) FROM ledger.entries")
                #expect(entries >= 2_000)
                reads += 1
            }
            return reads
        }
    }

    private static func withLedger(
        partitions: Int32 = 1, poison: SchemaLedger.Poison = SchemaLedger.Poison(),
        _ body: (ConsumerFixture, SchemaLedger) async throws -> Void
    ) async throws {
        try await ConsumerFixture.with(partitions: partitions) { fixture in
            let ledger = SchemaLedger(poison: poison)
            try await fixture.pool.withTransaction { try await ledger.makeTables(in: $0) }
            try await body(fixture, ledger)
        }
    }

    @discardableResult
    private static func rebuild(
        _ fixture: ConsumerFixture, _ ledger: SchemaLedger, allowsMissingRecords: Bool = false,
        progress: @Sendable (RebuildProgress) -> Void = { _ in }
    ) async throws -> RebuildReport {
        var configuration = ConsumerConfiguration(
            name: "ledger-\(fixture.topic)", bootstrapServers: fixture.broker.bootstrapServers, topics: [fixture.topic])
        configuration.batchSize = 200
        var rebuild = try ProjectionRebuild(
            configuration: configuration, pool: fixture.pool, projections: [ledger],
            cache: PostgresQueryCache(pool: fixture.pool),
            logger: Logger(label: "test.rebuild", handler: SilentHandler()))
        rebuild.allowsMissingRecords = allowsMissingRecords
        return try await rebuild.run(progress: progress)
    }
}

extension ConsumerFixture {
    fileprivate func eventuallyCounts(_ total: Int64) async throws {
        try await eventually(within: .seconds(60), "\(total) events are applied") {
            try await count("SELECT count(DISTINCT event_id) FROM ledger.entries") >= total
        }
    }

    fileprivate func sequences() async throws -> [Int64] {
        try await pool.withConnection { connection in
            try await connection.query("SELECT sequence FROM ledger.entries ORDER BY sequence").rows
                .map { try $0.decode(0, as: Int64.self) }
        }
    }

    /// Every event from 1 on is there once, and each aggregate's came in order.
    fileprivate func expectExact(_ total: Int64) async throws {
        #expect(try await sequences() == Array(1...total))
        let disorder = try await count(
            """
            SELECT count(*) FROM (
                SELECT sequence < lag(sequence) OVER (PARTITION BY aggregate_id ORDER BY place) AS is_late
                FROM ledger.entries) AS entries WHERE is_late
            """)
        #expect(disorder == 0)
    }

    fileprivate func expectNothingLeft() async throws {
        let rows = try await count(
            """
            SELECT (SELECT count(*) FROM pg_namespace WHERE nspname IN ('ledger_rebuild', 'ledger_replaced'))
                + (SELECT count(*) FROM outbox_inbox WHERE consumer LIKE '%.rebuild')
                + (SELECT count(*) FROM outbox_consumer_offsets WHERE consumer LIKE '%.rebuild')
            """)
        #expect(rows == 0)
    }
}
