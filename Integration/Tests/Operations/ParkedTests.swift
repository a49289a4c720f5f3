import FoundationEssentials
import LibPQ
import Outbox
import Servers
import Testing

@Suite("outbox parked", .requiresBroker, .serialized)
struct ParkedTests {
    @Test("with several parked events in an aggregate, each holds it until the last is decided on")
    func several() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher(Chain.longHolds)
            try await chain.outbox.run(Self.parkedInsert)

            let listed = try await chain.json("parked", "list").elements
            #expect(listed.compactMap { $0["waiting"] } == [3, 2, 0])
            let page = try await chain.json("parked", "list", "--limit", "1", "--type", "position").elements
            let first = try #require(page.first?["event"])
            guard case .integer(let sequence)? = first["sequence"], let id = first["eventID"]?.stringValue else {
                throw ServerError(.system, "no sequence")
            }
            let rest = try await chain.json("parked", "list", "--after", "\(sequence)", "--aggregate", "position:P1")
            #expect(rest.elements.count == 1)

            // The head goes; the other one still holds the aggregate, while others' events are published.
            try await chain.run(.outbox, ["parked", "discard", id, "--as", "me", "--reason", "not wanted"])
            try await chain.insert(["P2"], events: 1)
            try await chain.waitUntilPublished(1)
            #expect(try await chain.outbox.count("NOT published AND aggregate_id = 'P1'") == 4)
            try await chain.run(
                .outbox, ["parked", "retry", "--aggregate", "position:P1", "--as", "me", "--reason", "mended"])
            try await chain.waitUntilPublished(5)
            #expect(try await chain.numbers(of: "P1") == [2, 3, 4, 5])
            #expect(try await chain.outbox.count("parked_at IS NOT NULL") == 1)

            let again = try await chain.ran("parked discard \(id) --as me --reason again")
            #expect(again.status == .exited(1))
            let discarded = try #require(try await chain.audit("parked.discard").first)
            #expect(discarded.event?["payload"] == ["n": 1])
            #expect(discarded.eventID?.uuidString == id)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("events that wait for a topic which will never be there are parked by hand, and discarded")
    func park() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher(Chain.longHolds)
            try await chain.outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                SELECT gen_random_uuid(), 'P' || n, 'positoin', 'positoin.updated', '{}'
                FROM generate_series(1, 3) AS n
                """)
            #expect(try await chain.ran("parked park --type positoin --as me").status == .exited(2))
            try await chain.run(
                .outbox, ["parked", "park", "--type", "positoin", "--as", "me", "--reason", "mistyped"])
            let error = try await chain.json("parked", "list").elements.first?["event"]?["lastError"]?.stringValue
            #expect(error == "parked by me: mistyped")
            #expect(try await chain.audit("parked.park").count == 3)
            try await chain.run(
                .outbox, ["parked", "discard", "--type", "positoin", "--as", "me", "--reason", "mistyped"])
            #expect(try await chain.outbox.count() == 0)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    /// An aggregate of five events, of which the first and the third are parked, and one of a single parked event.
    private static let parkedInsert = """
        INSERT INTO outbox_events
            (event_id, aggregate_id, aggregate_type, event_type, payload, retry_count, parked_at, available_at)
        SELECT gen_random_uuid(), aggregate, type, type || '.updated', jsonb_build_object('n', n),
            CASE WHEN n IN (1, 3) THEN 10 ELSE 0 END, CASE WHEN n IN (1, 3) THEN now() END, now()
        FROM (SELECT 'P1' AS aggregate, 'position' AS type, n FROM generate_series(1, 5) AS n
            UNION ALL SELECT 'A1', 'assignment', 1) AS events
        ORDER BY type DESC, n
        """

    @Test("what waits is counted whatever number of lanes there is an index for", arguments: [1, 8, 256])
    func lanes(count: Int) async throws {
        let database = try await TestDatabase.make("parked", lanes: count)
        try await database.run(Self.parkedInsert)
        let entries = try await ParkedEvents(pool: database.pool).list()
        #expect(entries.map(\.waiting) == [3, 2, 0])
        #expect(try await Holds(pool: database.pool).list().map(\.waiting) == [3, 0])
        await database.pool.close()
    }

    @Test(
        "an event that is tried anew, or released as never failed, is due since it was written, and holds nobody back")
    func due() async throws {
        let database = try await TestDatabase.make("parked")
        try await database.run(Self.parkedInsert)
        try await ParkedEvents(pool: database.pool).retry(.all, actor: "me", reason: nil)
        #expect(try await database.count("available_at <= created_at AND retry_count = 0 AND parked_at IS NULL") == 6)
        try await database.run("UPDATE outbox_events SET retry_count = 2, available_at = now() + interval '1 hour'")
        #expect(
            try await Holds(pool: database.pool).release(.all, resetsRetries: true, actor: "me", reason: nil) == 6)
        #expect(try await database.count("available_at <= created_at AND retry_count = 0") == 6)
        await database.pool.close()
    }
}
