import FoundationEssentials
import LibPQ
import Outbox
import Servers
import Testing

@Suite("outbox audit")
struct AuditTests {
    private let id = UUID()

    @Test("is listed from the latest on, by action, actor, event, aggregate and time")
    func list() async throws {
        let database = try await TestDatabase.make("audit")
        let id = id
        try await database.pool.withConnection { connection in
            try await connection.execute(
                """
                INSERT INTO outbox_audit (at, actor, action, event_id, aggregate_type, aggregate_id, reason, details)
                VALUES
                    (now() - interval '3 days', 'ada', 'parked.retry', NULL, 'position', 'P1', 'mended', NULL),
                    (now() - interval '2 hours', 'bob', 'parked.discard', \(id), 'position', 'P2', NULL, NULL),
                    (now() - interval '1 minute', 'ada', 'replay', NULL, NULL, NULL, 'lost', '{"sent": 7}'),
                    (now(), 'ada', 'parkedx', NULL, 'assignment', 'A1', NULL, NULL)
                """)
        }
        func entries(_ options: String...) async throws -> [JSONValue] {
            let tool = try BuiltTool.outbox.start(
                ["audit", "list", "--json"] + options, environment: ["DATABASE_URL": database.url(as: .operator)])
            try await tool.waitForSuccess(within: .seconds(60))
            return try JSONValue(parsing: Array(tool.output.text.utf8)).elements.compactMap { $0["id"] }
        }
        #expect(try await entries() == [4, 3, 2, 1])
        #expect(try await entries("--action", "parked") == [2, 1])
        #expect(try await entries("--action", "parked.retry") == [1])
        #expect(try await entries("--actor", "bob") == [2])
        #expect(try await entries("--event", id.uuidString) == [2])
        #expect(try await entries("--aggregate", "position:P1") == [1])
        #expect(try await entries("--type", "position") == [2, 1])
        #expect(try await entries("--since", "1d") == [4, 3, 2])
        #expect(try await entries("--since", "1d", "--until", "1h") == [2])
        #expect(try await entries("--limit", "2") == [4, 3])
        #expect(try await entries("--limit", "2", "--before", "3") == [2, 1])

        let tool = try BuiltTool.outbox.start(
            ["audit", "list"], environment: ["DATABASE_URL": database.url(as: .operator)])
        try await tool.waitForSuccess(within: .seconds(60))
        #expect(tool.output.text.contains("position:P2 \(id.uuidString.lowercased())"))
        #expect(tool.output.text.contains(#"{"sent":7}"#))
        let backwards = try BuiltTool.outbox.start(
            ["audit", "list", "--since", "1h", "--until", "2h"],
            environment: ["DATABASE_URL": database.url(as: .operator)])
        #expect(try await backwards.waitForExit(within: .seconds(60)) == .exited(2))
        await database.pool.close()
    }
}
