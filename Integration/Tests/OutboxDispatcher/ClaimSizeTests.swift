import LibPQ
import Outbox
import Testing

@testable import OutboxDispatcher

@Suite("Claim: payloads of all sizes", .serialized)
struct ClaimSizeTests {
    @Test("large payloads among small ones arrive once each, and in order")
    func mixed() async throws {
        let fixture = try await DispatcherFixture.make()
        // Text that the database can't compress: every 7th of 20 kB, every 40th of 200 kB.
        try await fixture.database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT gen_random_uuid(), 'P' || i % 3, 'position', 'position.updated', jsonb_build_object('n', i, 'x', (
                SELECT string_agg(md5(i::text || j), '')
                FROM generate_series(1, CASE WHEN i % 40 = 0 THEN 6400 WHEN i % 7 = 0 THEN 640 ELSE 1 END) j))
            FROM generate_series(1, 400) i
            """)
        try await fixture.withDispatcher { _ in try await fixture.waitUntilPublished(400) }
        let numbers = try DispatcherFixture.numbers(of: try await fixture.records())
        for aggregate in 0..<3 {
            #expect(numbers["P\(aggregate)"] == (1...400).filter { $0 % 3 == aggregate })
        }
    }

    @Test("a lane's batch ends before a payload over its share, and a wide claim takes it")
    func withheld() async throws {
        let database = try await TestDatabase.make("sizes")
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT gen_random_uuid(), 'P1', 'position', 'position.updated', jsonb_build_object('x', (
                SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, CASE i WHEN 4 THEN 6400 ELSE 1 END) j))
            FROM generate_series(1, 6) i
            """)
        let store = OutboxStore(
            pool: database.pool, configuration: DispatcherConfiguration(instance: "sizes", bootstrapServers: "none:1"))
        let all = Array(0..<64)
        func claim(isWide: Bool) async throws -> ClaimedEvents.Lane {
            let limit = ClaimLimit(rows: 500, lanes: all.count, isWide: isWide)
            return try #require(try await store.claim(lanes: all, limit: limit).byLane().first)
        }
        let narrow = try await claim(isWide: false)
        #expect(narrow.rows.count == 3 && narrow.isCut)
        let wide = try await claim(isWide: true)
        #expect(wide.rows.count == 6 && !wide.isCut)
        #expect(wide.bytes > 200_000)
    }

    @Test("rows that come out of order are not sent")
    func outOfOrder() async throws {
        let database = try await TestDatabase.make("sizes")
        let result = try await database.pool.withConnection { connection in
            try await connection.query(
                """
                SELECT lane, id, gen_random_uuid(), 'position.updated', 'position', 'P1', '{}'::jsonb
                FROM (VALUES (1::int, 5::bigint), (1, 7), (1, 6), (1, 8), (2, 3), (2, 4)) AS rows (lane, id)
                """)
        }
        let lanes = ClaimedEvents(result).byLane()
        #expect(lanes.map(\.lane) == [1, 2])
        #expect(lanes[0].rows.isEmpty && lanes[0].isCut && lanes[0].bytes == 0)
        #expect(lanes[1].rows == 4..<6 && !lanes[1].isCut)
    }
}
