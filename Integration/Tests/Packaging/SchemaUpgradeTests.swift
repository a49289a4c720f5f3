import Foundation
import LibPQ
import Servers
import Testing

@testable import Outbox

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite("Upgrades of the schema", .requiresBroker, .serialized)
struct SchemaUpgradeTests {
    @Test(
        "what was in flight under an earlier schema is delivered in order; what was held or parked waits for its hour",
        arguments: EarlierSchema.all)
    func inFlight(earlier: EarlierSchema) async throws {
        try await withDatabase(earlier.make()) { database, environment, records in
            if !earlier.isEnough {
                let refused = try BuiltTool.outbox.start(["dispatch"], environment: environment)
                #expect(try await refused.waitForExit(within: .seconds(60)) == .exited(1))
                let message = refused.errorOutput.text
                #expect(message.contains("old-schema") && message.contains("run `outbox migrate`"), "\(message)")
                #expect(try await database.count("published") == 10)
            }
            func outbox(_ arguments: String...) async throws {
                let process = try BuiltTool.outbox.start(arguments, environment: environment)
                try await process.waitForSuccess(within: .seconds(60))
            }
            try await outbox("migrate")
            let dispatcher = try BuiltTool.outbox.start(["dispatch"], environment: environment)
            try await eventually(within: .seconds(60), "all that may be published is") {
                try await database.count("published") >= 110
            }
            var expected = Dictionary(uniqueKeysWithValues: (1...20).map { ("P\($0)", Array(1...5)) })
            #expect(try await records() == expected)
            #expect(try await database.count("NOT published AND aggregate_id = 'held'") == 3)
            #expect(try await database.count("retry_count = 2 AND available_at > now() + interval '50 minutes'") == 1)
            #expect(try await database.count("NOT published AND aggregate_id = 'later'") == 1)

            // They are as alive as any others.
            try await outbox("holds", "release", "--aggregate", "position:held", "--as", "test")
            expected["held"] = [1, 2, 3]
            if earlier.hasParked {
                #expect(try await database.count("parked_at IS NOT NULL AND last_error = 'too large'") == 1)
                try await outbox("parked", "retry", "--aggregate", "position:parked", "--as", "test")
                expected["parked"] = [1, 2]
            }
            let total = 10 + expected.values.reduce(0) { $0 + $1.count }
            try await eventually(within: .seconds(60), "what was let go is published") {
                try await database.count("published") >= total
            }
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
            #expect(try await records() == expected)
        }
    }

    @Test("under a newer schema this version goes on, migrates nothing, and refuses to undo what it does not know")
    func newer() async throws {
        try await withDatabase(TestDatabase.make("newer")) { database, environment, records in
            try await database.run(
                """
                INSERT INTO outbox_migrations (version, name) VALUES (99, 'of_tomorrow');
                ALTER TABLE outbox_events ADD COLUMN of_tomorrow TEXT;
                ALTER TABLE outbox_lanes ADD COLUMN of_tomorrow TEXT;
                """)
            let migrate = try BuiltTool.outbox.start(["migrate"], environment: environment)
            #expect(try await migrate.waitForExit(within: .seconds(60)) == .exited(0))
            let undo = try BuiltTool.outbox.start(["migrate", "--down"], environment: environment)
            #expect(try await undo.waitForExit(within: .seconds(60)) == .exited(1))
            #expect(undo.errorOutput.text.contains("the schema is newer than this program"))

            let dispatcher = try BuiltTool.outbox.start(["dispatch"], environment: environment)
            try await database.save([try TestDatabase.event(payload: #"{"n": 1}"#)])
            try await eventually(within: .seconds(60), "the event is published") {
                try await database.count("published") == 1
            }
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
            #expect(try await records() == ["P1": [1]])
        }
    }

    /// Runs `body` with a database, the tools' environment, and a reader of the topic: the numbers that each
    /// aggregate's events have, in the topic's order.
    private func withDatabase(
        _ database: TestDatabase,
        _ body: (TestDatabase, [String: String?], () async throws -> [String: [Int]]) async throws -> Void
    ) async throws {
        let broker = try await KafkaBroker.shared()
        let name = "u\(UUID().uuidString.prefix(8).lowercased())"
        try await broker.createTopic("\(name).position", partitions: 2)
        let environment = [
            "DATABASE_URL": database.url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": "\(name).{aggregateType}", "OUTBOX_HTTP_ADDRESS": "off",
        ]
        do {
            try await body(database, environment) {
                let records = try await TopicReader.readAll(
                    "\(name).position", bootstrapServers: broker.bootstrapServers)
                return try DispatcherFixture.numbers(of: records)
            }
        } catch {
            await database.pool.close()
            throw error
        }
        await database.pool.close()
    }
}
