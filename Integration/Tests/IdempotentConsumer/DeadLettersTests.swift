import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka
import Outbox
import Servers
import Testing

@Suite("What operators do about dead letters")
struct DeadLettersTests {
    @Test("the tool lists, shows and retries; a running consumer applies the chain in order, at once")
    func retry() async throws {
        try await withDeadLetter { fixture, events, tool in
            let listed = try JSONValue(parsing: try await tool(["list", "--json"]).utf8).arrayValue ?? []
            try #require(listed.count == 1)
            #expect(listed[0]["aggregateID"] == "P1")
            #expect(listed[0]["state"] == "dead")
            #expect(listed[0]["waiting"] == 3)
            #expect(listed[0]["attempts"] == 2)
            #expect(listed[0]["lastError"]?.stringValue?.contains("poisoned") == true)
            #expect(try await tool(["list"]).contains("position:P1"))
            #expect(try await tool(["list", "--state", "retrying"]).contains("no aggregates"))

            let id = try #require(listed[0]["eventID"]?.stringValue)
            let shown = try JSONValue(parsing: try await tool(["show", id]).utf8)
            #expect(shown["payload"]?["title"] == "Nurse")
            #expect(shown["headers"]?.arrayValue?.contains { $0["value"]?.stringValue == id.lowercased() } == true)
            #expect(shown["lastError"]?.stringValue?.contains("poisoned") == true)

            // Not mended yet: it fails again, and whoever waits is told so.
            try await tool.expectFailure(["retry", "--all", "--wait", "--as", "ada"], status: 1)
            #expect(try await tool(["list"]).contains("position:P1"))
            fixture.projection.mend()
            #expect(
                try await tool(["retry", "--aggregate", "position:P1", "--as", "ada", "--reason", "mended", "--wait"])
                    == "1 aggregate will be tried anew")
            #expect(try await fixture.applied(to: "P1") == [1, 2, 3, 4])
            #expect(try await tool(["list"]) == "no aggregates on hold")
            #expect(
                try await fixture.count(
                    """
                    SELECT count(*) FROM outbox_consumer_audit WHERE actor = 'ada' AND reason = 'mended'
                      AND action = 'dead-letters.retry' AND aggregate_id = 'P1' AND event_id = \(events[1])
                    """) == 1)
        }
    }

    @Test("a discarded dead letter never takes effect, its successors do, and the audit keeps all of it")
    func discard() async throws {
        try await withDeadLetter { fixture, events, tool in
            // Neither one that waits behind, nor one without a reason.
            #expect(try await fixture.deadLetters.discard(.event(events[2]), actor: "ada", reason: "no") == 0)
            try await tool.expectFailure(["discard", "--all", "--as", "ada"], status: 2)

            let id = events[1].uuidString.lowercased()
            #expect(
                try await tool(["discard", id, "--as", "ada", "--reason", "written by mistake"])
                    == "1 event given up; outbox_consumer_audit keeps them")
            try await eventually(within: .seconds(30), "the others are applied") {
                try await fixture.applied(to: "P1") == [1, 3, 4]
            }
            // Delivered again it stays away, though it would work now.
            fixture.projection.mend()
            try await fixture.publish([fixture.event(2, of: "P1", id: events[1]), fixture.event(5, of: "P1")])
            try await eventually(within: .seconds(30), "the next is applied") {
                try await fixture.applied(to: "P1") == [1, 3, 4, 5]
            }
            #expect(
                try await fixture.count(
                    """
                    SELECT count(*) FROM outbox_consumer_audit
                    WHERE action = 'dead-letters.discard' AND event_id = \(events[1])
                      AND event->>'record_value' LIKE '_x7b%' AND event->>'record_offset' = '1'
                    """) == 1)
        }
    }

    @Test("a whole aggregate can be given up, while no consumer runs; later events of it take effect")
    func wholeAggregate() async throws {
        try await withDeadLetter(stopsConsumer: true) { fixture, events, tool in
            _ = try await tool([
                "discard", "--type", "position", "--whole-aggregate", "--as", "ada", "--reason", "gone",
            ])
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_holds") == 0)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_audit") == 3)
            try await fixture.publish([fixture.event(5, of: "P1")])
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "the next is applied") {
                    try await fixture.applied(to: "P1") == [1, 5]
                }
            }
        }
    }

    @Test("what is on the dead-letter topics can be listed, the malformed with the others")
    func topics() async throws {
        try await withDeadLetter { fixture, events, tool in
            try await fixture.publish([fixture.event(9, of: "P9", value: "[]"), fixture.event(10, of: "P9")])
            try await eventually(within: .seconds(60), "the next is applied") {
                try await fixture.applied(to: "P9") == [10]
            }
            let listed =
                try JSONValue(
                    parsing: try await tool([
                        "list", "--on-topics", "--json", "--kafka-bootstrap-servers", fixture.broker.bootstrapServers,
                    ]).utf8
                ).arrayValue ?? []
            #expect(listed.compactMap { $0["reason"]?.stringValue }.sorted() == ["failed", "malformed"])
            #expect(listed.contains { $0["value"] == "[]" && $0["key"] == "P9" })
        }
    }

    @Test("the audit's table comes and goes beside tables with rows")
    func migrations() async throws {
        try await withDeadLetter(stopsConsumer: true) { fixture, _, _ in
            let undone = try await fixture.pool.withConnection {
                try await IdempotentConsumer.migrations.revert(on: $0, to: 1)
            }
            #expect(undone.map(\.version) == [2])
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_held_events") == 3)
            _ = try await fixture.pool.withConnection { try await IdempotentConsumer.migrations.apply(on: $0) }
            #expect(try await fixture.deadLetters.retry(.all, actor: "ada", reason: nil) == 1)
        }
    }

    // MARK: Helpers

    /// Runs the tool `outbox dead-letters` on a fixture's database.
    struct Tool {
        let databaseURL: String

        func callAsFunction(_ arguments: [String]) async throws -> String {
            let process = try start(arguments)
            try await process.waitForSuccess(within: .seconds(60))
            return process.output.text.split(separator: "\n").joined(separator: "\n")
        }

        func expectFailure(_ arguments: [String], status: Int32) async throws {
            #expect(try await start(arguments).waitForExit(within: .seconds(60)) == .exited(status))
        }

        private func start(_ arguments: [String]) throws -> ChildProcess {
            try BuiltTool.outbox.start(
                ["dead-letters"] + arguments, environment: ["QUERY_DATABASE_URL": databaseURL, "USER": nil])
        }
    }

    /// Four events of P1, the second of which is a dead letter.
    private func withDeadLetter(
        stopsConsumer: Bool = false, _ body: (ConsumerFixture, [UUID], Tool) async throws -> Void
    ) async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.broker.createTopic(fixture.topic + ".dlq")
            fixture.projection.poison(2)
            let ids = (1...4).map { _ in UUID() }
            try await fixture.publish(
                ids.enumerated().map { fixture.event(Int64($0.offset + 1), of: "P1", id: $0.element) })
            let consumer = try fixture.consumer { $0.maximumAttempts = 2 }
            func untilDead() async throws {
                try await eventually(within: .seconds(60), "it is a dead letter, with its successors behind it") {
                    try await fixture.count(
                        """
                        SELECT count(*) FROM outbox_consumer_holds WHERE dead_at IS NOT NULL
                          AND (SELECT count(*) FROM outbox_consumer_held_events) = 3
                        """) == 1
                }
            }
            let tool = Tool(databaseURL: DatabaseLogin.operator.url(fixture.databaseURL))
            if stopsConsumer {
                try await fixture.running(consumer) { try await untilDead() }
                try await body(fixture, ids, tool)
            } else {
                try await fixture.running(consumer) {
                    try await untilDead()
                    try await body(fixture, ids, tool)
                }
            }
        }
    }
}

extension ConsumerFixture {
    var deadLetters: DeadLetters { DeadLetters(pool: pool, consumer: "ledger-\(topic)") }
}

extension JSONValue {
    fileprivate var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
