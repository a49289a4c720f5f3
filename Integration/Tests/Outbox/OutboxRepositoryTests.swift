import FoundationEssentials
import LibPQ
import Outbox
import OutboxTelemetry
import Servers
import Testing

@Suite("Saving events", .serialized)
struct OutboxRepositoryTests {
    private struct Rollback: Error {}

    private static let business = "CREATE TABLE positions (code TEXT PRIMARY KEY)"

    @Test("a transaction that is rolled back leaves no event")
    func rollback() async throws {
        let database = try await TestDatabase.make("save", prepare: Self.business)
        await #expect(throws: Rollback.self) {
            try await database.pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO positions VALUES ('P1')")
                try await OutboxRepository().save(try TestDatabase.event(), in: transaction)
                throw Rollback()
            }
        }
        #expect(try await database.count() == 0)
    }

    @Test("a save that fails rolls the business change back")
    func failedSave() async throws {
        let database = try await TestDatabase.make("save", prepare: Self.business)
        let event = try TestDatabase.event()
        try await database.save([event])
        await #expect(throws: PQError.self) {
            try await database.pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO positions VALUES ('P1')")
                // The same event id again.
                try await OutboxRepository().save(event, in: transaction)
            }
        }
        let positions = try await database.pool.withConnection { try await $0.query("SELECT FROM positions") }
        #expect(positions.rowCount == 0)
        #expect(try await database.count() == 1)
    }

    @Test("many events get sequences in the order in which they were given")
    func order() async throws {
        let database = try await TestDatabase.make("save")
        let events = try (0..<500).map { try TestDatabase.event("position.updated", "P\($0 % 7)") }
        let sequences = try await database.pool.withTransaction {
            try await OutboxRepository().save(contentsOf: events, in: $0)
        }
        #expect(sequences == sequences.sorted())
        let stored = try await database.pool.withConnection {
            try await $0.query("SELECT event_id FROM outbox_events ORDER BY id")
        }
        #expect(try stored.rows.map { try $0.decode(0, as: UUID.self) } == events.map(\.id))
    }

    @Test("what was saved is what is stored")
    func stored() async throws {
        let database = try await TestDatabase.make("save")
        let event = try OutboxEvent(
            eventType: "position.created", aggregateType: "position", aggregateID: "P'1\"é😀",
            payload: Array(#"{"title": "a\"b\\c 😀", "n": [1, null]}"#.utf8), headers: ["a": "b\"c"],
            availableAt: Date(timeIntervalSince1970: 4_000_000_000))
        let trace = TraceContext.generate()
        try await TraceContext.$current.withValue(trace) { try await database.save([event]) }
        let stored = try #require(try await ParkedEvents(pool: database.pool).event(event.id))
        #expect(stored.eventType == "position.created")
        #expect(stored.aggregateID == "P'1\"é😀")
        #expect(stored.payload == ["title": "a\"b\\c 😀", "n": [1, nil]])
        #expect(stored.headers["a"] == "b\"c")
        #expect(stored.headers["traceparent"] == .string(trace.traceparent))
        #expect(stored.availableAt == Date(timeIntervalSince1970: 4_000_000_000))
        #expect(!stored.isPublished)
        #expect(stored.retryCount == 0)
    }

    @Test("two transactions on one aggregate commit in the order of their sequences, though they share no row lock")
    func aggregateLock() async throws {
        let database = try await TestDatabase.make("save")
        let firstHasSaved = AsyncStream<Void>.makeStream()
        let secondWaits = AsyncStream<Void>.makeStream()
        async let first: Int64 = database.pool.withTransaction { transaction in
            let sequence = try await OutboxRepository().save(try TestDatabase.event(), in: transaction)
            firstHasSaved.continuation.yield()
            // The second one must be seen waiting for our lock before we commit.
            for await _ in secondWaits.stream { break }
            return sequence
        }
        for await _ in firstHasSaved.stream { break }
        async let second: Int64 = database.pool.withTransaction { transaction in
            try await OutboxRepository().save(try TestDatabase.event(), in: transaction)
        }
        try await eventually(within: .seconds(60), "the second transaction waits for the aggregate's lock") {
            let waiting = try await database.pool.withConnection {
                try await $0.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            }
            return waiting.rowCount == 1
        }
        secondWaits.continuation.yield()
        let sequences = try await (first, second)
        #expect(sequences.0 < sequences.1)
    }

    /// The ways to save one event.
    enum Way: CaseIterable, Sendable {
        case one, many, oneAtCommit, manyAtCommit

        func save(_ event: OutboxEvent, locksAggregates: Bool = true, in transaction: PQTransaction) async throws {
            let repository = OutboxRepository(locksAggregates: locksAggregates)
            switch self {
            case .one: try await repository.save(event, in: transaction)
            case .many: try await repository.save(contentsOf: [event], in: transaction)
            case .oneAtCommit: try repository.save(event, atCommitOf: transaction)
            case .manyAtCommit: try repository.save(contentsOf: [event], atCommitOf: transaction)
            }
        }
    }

    @Test("whichever way an event is saved, it is stored alike", arguments: Way.allCases, [true, false])
    func ways(way: Way, locksAggregates: Bool) async throws {
        let database = try await TestDatabase.make("save")
        let now = Date(timeIntervalSince1970: 4_000_000_000)
        let event = try OutboxEvent(
            eventType: "position.created", aggregateType: "position", aggregateID: "P'1", payload: Array("{}".utf8),
            headers: ["a": "b"], availableAt: now)
        try await database.pool.withTransaction { transaction in
            try await way.save(event, locksAggregates: locksAggregates, in: transaction)
            try await way.save(try TestDatabase.event(), locksAggregates: locksAggregates, in: transaction)
        }
        let stored = try #require(try await ParkedEvents(pool: database.pool).event(event.id))
        #expect(stored.eventType == event.eventType)
        #expect(stored.aggregateType == event.aggregateType)
        #expect(stored.aggregateID == event.aggregateID)
        #expect(stored.headers == ["a": "b"])
        #expect(stored.availableAt == now)
        #expect(try await database.count("available_at = created_at") == 1)
    }

    @Test(
        "whichever way an event is saved, one that can't be leaves nothing of the transaction", arguments: Way.allCases)
    func failure(way: Way) async throws {
        let database = try await TestDatabase.make("save", prepare: Self.business)
        let event = try TestDatabase.event()
        try await database.save([event])
        await expectPQError(.server, "23505") {
            try await database.pool.withTransaction { transaction in
                try await way.save(event, in: transaction)
                try await transaction.execute("INSERT INTO positions VALUES ('P1')")
            }
        }
        await expectPQError(.server, "22P02") {
            try await database.pool.withTransaction { transaction in
                try await way.save(try TestDatabase.event(payload: "{no JSON}"), in: transaction)
                try await transaction.execute("INSERT INTO positions VALUES ('P1')")
            }
        }
        let positions = try await database.pool.withConnection { try await $0.query("SELECT FROM positions") }
        #expect(positions.rowCount == 0)
        #expect(try await database.count() == 1)
    }

    @Test("whichever way an event is saved, its sequence is drawn when it has its aggregate", arguments: Way.allCases)
    func lockBeforeSequence(way: Way) async throws {
        let database = try await TestDatabase.make("save")
        // Another writer has the aggregate, and saves only when ours has come to wait for it.
        try await database.pool.withTransaction { other in
            try await other.execute("SELECT outbox_lock_aggregate('position', 'P1')")
            let late = Task.detached { [pool = database.pool] in
                try await pool.withTransaction { try await way.save(try TestDatabase.event("position.late"), in: $0) }
            }
            try await eventually(within: .seconds(60), "the transaction waits for the aggregate's lock") {
                try await other.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").rowCount == 1
            }
            try await OutboxRepository().save(try TestDatabase.event("position.early"), in: other)
            return late
        }.value
        let types = try await database.pool.withConnection { connection in
            try await connection.query("SELECT event_type FROM outbox_events ORDER BY id")
                .rows.map { try $0.decode(0, as: String.self) }
        }
        #expect(types == ["position.early", "position.late"])
    }

    @Test("a plain-SQL writer needs the given columns only")
    func plainSQL() async throws {
        let database = try await TestDatabase.make("save")
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            VALUES (gen_random_uuid(), 'P1', 'position', 'position.created', '{"title": "x"}')
            """)
        #expect(try await database.count("headers = '{}' AND parked_at IS NULL AND NOT published") == 1)
    }
}
