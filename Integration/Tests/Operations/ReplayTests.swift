import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import Servers
import Testing

@Suite("outbox replay", .requiresBroker, .serialized)
struct ReplayTests {
    private let execute = ["--execute", "--as", "me", "--reason", "lost"]

    @Test("events come again in order, marked; read model and cache stay, and are the same when made from them alone")
    func wholeChain() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            var consumer = try chain.consumer()
            try await chain.logPositions()
            let committed = try await chain.writers(events: 200, aggregates: 10, connections: 4).run()
            let total = committed.values.reduce(0, +)
            try await chain.expectAllArrived(committed, duplicates: false)
            let before = try await snapshot(chain)

            try await expectDryRun(chain, total)
            let text = try await chain.run(.outbox, ["replay", "--all", "--rate", "1000000"] + execute)
            #expect(text.contains("\(total) events published again"))
            let records = try await chain.records()
            try await waitUntilRead(records.count, chain)
            try expectReplayed(records, committed)
            #expect(try await chain.applied() == total)
            #expect(try await snapshot(chain) == before)
            try await expectAudit(chain, total)

            // A consumer that knows nothing, and sees only what is replayed.
            #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
            try await chain.query.withConnection { connection in
                try await connection.run(
                    script: """
                        TRUNCATE outbox_inbox, outbox_cache_keys, query_cache, read_model.positions,
                            read_model.position_staffing CASCADE
                        """)
            }
            try await chain.run(.outbox, ["replay", "--all", "--rate", "1000000"] + execute)
            consumer = try chain.consumer()
            try await waitUntilRead(3 * total, chain)
            #expect(try await chain.applied() == total)
            #expect(try await snapshot(chain) == before)
            #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    private func expectDryRun(_ chain: Chain, _ total: Int) async throws {
        let table = try await chain.run(.outbox, ["replay", "--all", "--rate", "\(total)"])
        #expect(table.contains("position.updated") && table.contains(chain.topic()))
        #expect(table.contains("\(total) events, 1 s at \(total) in a second. Nothing was sent"))
        let plan = try await chain.json("replay", "--type", "position")
        #expect(plan["lines"]?.elements.first?["events"] == .integer(Int64(total)))
        #expect(try await chain.ran("replay --all --execute --as me").status == .exited(2))
        #expect(try await chain.ran("replay").status == .exited(2))
        #expect(try await chain.records().count == total)
        #expect(try await chain.audit() == [])
    }

    /// Every event stands on the topic twice, its second time marked.
    private func expectReplayed(_ records: [KafkaRecord], _ committed: [String: Int]) throws {
        var numbers: [String: [Int64]] = [:]
        var marks: Set<String> = []
        for record in records where record.headerText("replay_id") != nil {
            numbers[try #require(record.headerText("aggregate_id")), default: []].append(try record.number)
            marks.insert(try #require(record.headerText("replay_id")))
            let time = try #require(record.headerText("replayed_at"))
            #expect(RFC3339.parse(time) != nil)
        }
        #expect(numbers == committed.mapValues { (1...Int64($0)).map { $0 } })
        #expect(marks.count == 1)
        #expect(records.count == 2 * committed.values.reduce(0, +))
        // Apart from the marks, an event comes as it did first.
        let versions = Dictionary(grouping: records) { $0.headerText("event_id") }.values
        for pair in versions {
            let first = pair.first { $0.headerText("replay_id") == nil }
            let second = pair.first { $0.headerText("replay_id") != nil }
            #expect(first?.key == second?.key && first?.value == second?.value)
            #expect(first?.partition == second?.partition)
            #expect(first?.headers == second?.headers.filter { !$0.name.hasPrefix("replay") })
        }
    }

    private func expectAudit(_ chain: Chain, _ total: Int) async throws {
        let entries = try await chain.audit("replay")
        #expect(entries.count == 1)
        let entry = try #require(entries.first)
        #expect(entry.actor == "me" && entry.reason == "lost")
        let details = try #require(entry.details)
        #expect(details["events"] == .integer(Int64(total)) && details["sent"] == .integer(Int64(total)))
        #expect(details["end"] == "complete" && details["endedAt"] != nil)
        #expect(details["topics"] == [.string(chain.topic())])
        #expect(details["replayID"]?.stringValue == (try await chain.records().last?.headerText("replay_id")))
    }

    private func snapshot(_ chain: Chain) async throws -> [String] {
        try await chain.waitForFreshCache()
        return try await chain.query.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT concat_ws(' ', code, title, headcount_capacity)
                FROM read_model.positions JOIN read_model.position_staffing USING (tenant_id, code)
                UNION ALL SELECT concat_ws(' ', key, value) FROM query_cache ORDER BY 1
                """)
            return try result.rows.map { try $0.decode(0, as: String.self) }
        }
    }

    private func waitUntilRead(_ count: Int, _ chain: Chain) async throws {
        try await eventually(within: .seconds(120), "the consumer has read \(count) records") {
            try await chain.queried(
                """
                SELECT coalesce(sum(next_offset), 0)::int8 FROM outbox_consumer_offsets WHERE consumer = \(chain.group)
                """) == count
        }
    }

    @Test("events are chosen by id, type, aggregate and time of publishing, and only published ones")
    func selection() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            try await chain.insert(["P1", "P2"], events: 3)
            try await chain.insert(["A1"], type: "assignment", events: 2)
            try await chain.waitUntilPublished(8)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
            try await chain.insert(["P1"], events: 1)
            try await chain.outbox.run(
                "UPDATE outbox_events SET published_at = now() - interval '1 day' WHERE aggregate_id = 'P2'")
            func planned(_ options: String...) async throws -> [String: Int64] {
                let text = try await chain.run(.outbox, ["replay", "--json"] + options)
                let plan = try JSONValue(parsing: Array(text.utf8))
                var events: [String: Int64] = [:]
                for line in plan["lines"]?.elements ?? [] {
                    guard case .integer(let count)? = line["events"] else { continue }
                    events[try #require(line["eventType"]?.stringValue)] = count
                }
                if case .integer(let count)? = plan["unpublished"], count > 0 { events["unpublished"] = count }
                return events
            }
            #expect(
                try await planned("--all") == ["position.updated": 6, "assignment.updated": 2, "unpublished": 1])
            #expect(try await planned("--aggregate", "position:P1") == ["position.updated": 3, "unpublished": 1])
            #expect(
                try await planned("--aggregate", "position:P2", "--aggregate", "assignment:A1")
                    == ["position.updated": 3, "assignment.updated": 2])
            #expect(try await planned("--event-type", "assignment.updated") == ["assignment.updated": 2])
            #expect(try await planned("--since", "1h", "--type", "position") == ["position.updated": 3])
            #expect(try await planned("--since", "2d", "--until", "1h") == ["position.updated": 3])
            #expect(try await planned("--all", "--after", "6") == ["assignment.updated": 2, "unpublished": 1])
            let id = try await chain.outbox.pool.withConnection {
                try await $0.query("SELECT event_id FROM outbox_events WHERE id = 2")[0].decode(0, as: UUID.self)
            }
            #expect(try await planned("--event", id.uuidString) == ["position.updated": 1])
            let none = try await chain.ran("replay --type nothing")
            #expect(none.status == .exited(1))
            #expect(none.errors.contains("no published event matches"))

            try await chain.run(.outbox, ["replay", "--aggregate", "position:P1"] + execute)
            #expect(try await chain.numbers(of: "P1") == [1, 2, 3, 1, 2, 3])
            #expect(try await chain.numbers(of: "P2") == [1, 2, 3])
            #expect(try await chain.outbox.count("NOT published") == 1)
            let entry = try #require(try await chain.audit("replay").first)
            #expect(entry.aggregateType == "position" && entry.aggregateID == "P1")
        }
    }

    @Test("a replay that was told to stop says where, and goes on there")
    func stopAndGoOn() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            try await chain.insert(["P1", "P2", "P3"], events: 100)
            try await chain.waitUntilPublished(300)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))

            let replay = try chain.start(.outbox, ["replay", "--all", "--rate", "50"] + execute)
            try await eventually(within: .seconds(60), "the replay has sent some") {
                try await chain.records().count > 310
            }
            #expect(try await replay.stop(within: .seconds(60)) == .exited(1))
            let errors = replay.errorOutput.text
            #expect(errors.contains("stopped after"))
            let after = try #require(errors.firstMatch(of: /add --after (\d+)/)?.output.1)
            let halfway = try await chain.records()
            let sent = halfway.count - 300
            #expect(sent < 300)
            let stopped = try #require(try await chain.audit("replay").first?.details)
            #expect(stopped["end"] == "stopped" && stopped["sent"] == .integer(Int64(sent)))
            #expect(stopped["lastSequence"] == .integer(try #require(Int64(after))))

            try await chain.run(
                .outbox, ["replay", "--all", "--rate", "1000000", "--after", String(after)] + execute)
            for aggregate in ["P1", "P2", "P3"] {
                let numbers = try await chain.numbers(of: aggregate)
                #expect(numbers == (1...100).map { Int64($0) } + (1...100).map { Int64($0) }, "\(aggregate)")
            }
            #expect(try await chain.audit("replay").count == 2)
        }
    }

    @Test("nothing is sent when a topic is missing, and a broker that is away is told as such")
    func impossible() async throws {
        try await Chain.with { chain in
            try await chain.insert(["P1"], events: 2)
            try await chain.insert(["X1"], type: "unheard", events: 1)
            try await chain.outbox.run("UPDATE outbox_events SET published = TRUE, published_at = now()")
            let missing = try await chain.ran("replay --all", execute)
            #expect(missing.status == .exited(1))
            #expect(missing.errors.contains("\(chain.topic("unheard")) does not exist"))
            let away = try await chain.ran(
                "replay --type position", execute, changes: ["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"])
            #expect(away.status == .exited(3))
            #expect(try await chain.records().isEmpty)
            #expect(try await chain.audit() == [])

            // An event that is too large for its topic by now stops the replay, with what was sent before it.
            try await chain.outbox.run(
                """
                UPDATE outbox_events SET payload = jsonb_build_object('n', repeat('x', 2000000)) WHERE id = 2
                """)
            let large = try await chain.ran("replay --aggregate position:P1", execute)
            #expect(large.status == .exited(1))
            #expect(large.errors.contains("max.message.bytes"))
            #expect(large.errors.contains("--after 1"))
            #expect(try await chain.records().count == 1)
            #expect(try await chain.audit("replay").first?.details?["end"] == "failed")
        }
    }
}
