import FoundationEssentials
import LibPQ
import Servers
import Testing

@Suite("workforce rebuild", .requiresBroker)
struct RebuildKillTests {
    @Test("killed at any moment it leaves a whole read model, and the next one cleans up")
    func kill() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let consumer = try chain.consumer()
            let writers = chain.writers(events: 3_000, connections: 4)
            let committed = try await writers.run()
            let total = committed.values.reduce(0, +)
            try await chain.waitUntilApplied(total)
            try await chain.query.withConnection { connection in
                _ = try await connection.execute("UPDATE read_model.positions SET title = 'corrupt'")
            }
            for milliseconds in [0, 150, 300, 450, 600, 800] {
                let rebuild = try chain.start(.workforce, ["rebuild", "--quiet"])
                // At whatever it does then: this is where it is killed, not what is waited for.
                try await Task.sleep(for: .milliseconds(200 + milliseconds))
                _ = rebuild.kill()
                // The old one, or the new one: whole.
                #expect(try await chain.queried("SELECT count(*) FROM read_model.positions") == committed.count)
                let corrupt = try await chain.queried(
                    "SELECT count(*) FROM read_model.positions WHERE title = 'corrupt'")
                #expect([0, committed.count].contains(corrupt))
            }
            try await chain.run(.workforce, ["rebuild", "--quiet"])
            _ = try await chain.writers(events: 300, connections: 2).run()
            try await chain.waitUntilApplied(try await chain.outbox.count())
            // What the outbox says, computed without the consumer.
            let truth = try await chain.outbox.pool.withConnection { connection in
                try await connection.query(
                    """
                    SELECT aggregate_id, (array_agg(payload->>'title' ORDER BY id DESC))[1]
                    FROM outbox_events GROUP BY aggregate_id ORDER BY aggregate_id
                    """
                ).rows.map { try $0.decode((String, String).self) }
            }
            let model = try await chain.query.withConnection { connection in
                try await connection.query("SELECT code, title FROM read_model.positions ORDER BY code").rows
                    .map { try $0.decode((String, String).self) }
            }
            #expect(truth.map { "\($0.0)=\($0.1)" }.sorted() == model.map { "\($0.0)=\($0.1)" }.sorted())
            #expect(
                try await chain.queried(
                    "SELECT count(*) FROM pg_namespace WHERE nspname IN ('read_model_rebuild', 'read_model_replaced')")
                    == 0)
            #expect(try await chain.queried("SELECT count(*) FROM outbox_inbox WHERE consumer LIKE '%.rebuild'") == 0)
            for process in [dispatcher, consumer] { _ = try await process.stop(within: .seconds(60)) }
        }
    }
}
