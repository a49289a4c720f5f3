import LibPQ
import Servers
import Testing

@Suite("Tools: what a conversion of the table is at")
struct ConversionProgressTests {
    @Test("is said on the way to partitions and back, and not with --quiet", arguments: [[], ["--quiet"]])
    func said(options: [String]) async throws {
        let database = try await TestDatabase.make("conversion")
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, published)
            SELECT gen_random_uuid(), 'P', 'position', 'position.updated', '{}', TRUE FROM generate_series(1, 300);
            ANALYZE outbox_events
            """)
        func convert(_ arguments: String...) async throws -> String {
            let process = try BuiltTool.outbox.start(
                ["migrate"] + arguments + options, environment: ["DATABASE_URL": database.url])
            try await process.waitForSuccess(within: .seconds(60))
            return process.errorOutput.text
        }
        let there = try await convert("--partitioned", "--partition-rows", "100")
        // Into a partition that is to be moved back.
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, published)
            SELECT gen_random_uuid(), 'P', 'position', 'position.updated', '{}', TRUE FROM generate_series(1, 200)
            """)
        let back = try await convert("--unpartitioned")
        if options.isEmpty {
            #expect(there.contains("PostgreSQL reads the table, of about 300 rows"))
            #expect(back.contains("taking the table's lock\n"))
            #expect(back.contains("rows moved  "))
        } else {
            #expect(there + back == "")
        }
        await database.pool.close()
    }
}
