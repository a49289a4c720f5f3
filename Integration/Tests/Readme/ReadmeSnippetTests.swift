import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox
import QueryCache
import Servers
import Testing

@Suite struct ReadmeSnippetTests {
    @Test("the Swift of README and articles stands word for word in a file that is compiled")
    func swiftIsCompiled() throws {
        let path = "\(Checkout.path)/Integration/Tests/Readme/Snippets.swift"
        let compiled = Self.unindented(String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self))
        let blocks = try Readme().blocks(of: "swift")
        #expect(blocks.count >= 5)
        for block in blocks {
            #expect(compiled.contains(Self.unindented(block)), "not in Snippets.swift:\n\(block)")
        }
    }

    @Test("the README's write side changes the row and leaves one event")
    func write() async throws {
        try await withDatabase { pool in
            try await Snippets.write(pool: pool, code: "P1000033", title: "Architect", requestID: "r-1")
            #expect(try await titles(pool) == ["P1000033: Architect"])
            let event = try await pool.withConnection { connection in
                try await connection.query(
                    """
                    SELECT event_type, aggregate_type, aggregate_id, payload->>'title', payload->>'requestId'
                    FROM outbox_events
                    """)
            }
            #expect(event.rowCount == 1)
            let values = try event[0].decode((String, String, String, String, String).self)
            #expect(values == ("position.updated", "position", "P1000033", "Architect", "r-1"))
        }
    }

    @Test("the README's projection and cache answer with what its events say")
    func project() async throws {
        try await withDatabase { pool in
            let projection = PositionTitles()
            let events = ["Nurse", "Head nurse"].map { title in
                ReceivedEvent(
                    eventID: UUID(), eventType: "position.updated", aggregateType: "position",
                    aggregateID: "P1000033", payload: Array(#"{"title":"\#(title)"}"#.utf8))
            }
            let keys = Set(events.flatMap(projection.cacheKeys))
            let answers = try await pool.withTransaction { transaction in
                try await projection.apply(events, in: transaction)
                return try await projection.answers(for: keys + ["position-title/none"], in: transaction)
            }
            let cache = PostgresQueryCache(pool: pool)
            #expect(try await Snippets.answer(from: cache) == nil)
            _ = try await cache.store(answers.map { QueryCacheEntry(key: $0.key, value: $0.value, version: 1) })
            let answer = try #require(try await Snippets.answer(from: cache))
            #expect(String(decoding: answer, as: UTF8.self) == #"{"code" : "P1000033", "title" : "Head nurse"}"#)
        }
    }

    @Test("the README's SQL runs: a plain writer's transaction leaves the row and its event")
    func sql() async throws {
        let blocks = try Readme(file: "README.md").blocks(of: "sql")
        try #require(blocks.count == 1)
        try await withDatabase { pool in
            try await pool.withConnection { try await $0.run(script: blocks[0]) }
            #expect(try await titles(pool) == ["P1000033: Principal Engineer"])
            #expect(
                try await text(pool, "SELECT aggregate_id || event_type || (payload->>'title') FROM outbox_events")
                    == "P1000033position.updatedPrincipal Engineer")
        }
    }

    // MARK: What they run on

    private func withDatabase(_ body: (PQPool) async throws -> Void) async throws {
        let url = try await PostgresServer.shared().createDatabase("readme")
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 4)
        do {
            try await Snippets.migrate(pool: pool)
            try await pool.withConnection { connection in
                try await connection.run(
                    script: """
                        CREATE TABLE positions (code TEXT PRIMARY KEY, title TEXT NOT NULL);
                        INSERT INTO positions VALUES ('P1000033', 'Engineer');
                        CREATE TABLE position_titles (code TEXT PRIMARY KEY, title TEXT NOT NULL);
                        """)
            }
            try await body(pool)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    private func titles(_ pool: PQPool) async throws -> [String] {
        try await pool.withConnection { connection in
            try await connection.query("SELECT code || ': ' || title FROM positions").rows.map { try $0.decode(0) }
        }
    }

    private func text(_ pool: PQPool, _ query: PQStatement) async throws -> String {
        try await pool.withConnection { try await $0.query(query)[0].decode(0) }
    }

    private static func unindented(_ text: String) -> String {
        text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
