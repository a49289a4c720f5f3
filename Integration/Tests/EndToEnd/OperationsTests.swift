import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import Servers
import Testing

@Suite("Tools: what operators need", .requiresBroker, .serialized)
struct OperationsTests {
    @Test("health turns green, and the metrics are right and to Prometheus's taste", .requires(program: "promtool"))
    func http() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let consumer = try chain.consumer()
            try await chain.outbox.save([try Self.position(1), try Self.position(2)])
            try await chain.waitUntilApplied(2)
            for (process, series) in [
                (
                    dispatcher,
                    [
                        #"outbox_dispatch_total{result="success",event_type="position.updated"} 2"#,
                        "outbox_dispatch_success_total 2", "outbox_dispatch_failure_total 0",
                        "outbox_dispatch_retry_total 0", "outbox_dispatch_active 1",
                    ]
                ),
                (consumer, ["outbox_consume_"]),
            ] {
                let client = try await process.waitUntilReady()
                #expect(try await client.get("/livez").status == 200)
                try await eventually(within: .seconds(60), "\(process.name) has counted") {
                    let lines = try await client.get("/metrics").text.split(separator: "\n")
                    return series.allSatisfy { wanted in lines.contains { $0.hasPrefix(wanted) } }
                }
                let metrics = try await client.get("/metrics").text
                #expect(metrics.contains("process_resident_memory_bytes"))
                try await expectGood(metrics)
                #expect(try await process.stop(within: .seconds(60)) == .exited(0))
            }
        }
    }

    private func expectGood(_ metrics: String) async throws {
        let folder = try TemporaryFolder()
        try Data(metrics.utf8).write(to: URL(filePath: "\(folder.path)/metrics"))
        let promtool = try ChildProcess("sh", ["-c", "promtool check metrics < '\(folder.path)/metrics' 2>&1"])
        let status = try await promtool.waitForExit(within: .seconds(60))
        #expect(status == .exited(0))
        #expect(promtool.output.text == "")
    }

    @Test("status is right, for people and for scripts")
    func status() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher(["OUTBOX_INSTANCE": "first"])
            let consumer = try chain.consumer()
            try await chain.outbox.save(try (1...3).map { try Self.position($0) })
            try await chain.waitUntilPublished(3)
            try await chain.waitUntilApplied(3)
            let groups = ["OUTBOX_CONSUMER_GROUPS": "\(chain.group), never-seen"]
            try await eventually(within: .seconds(60), "the consumer has told Kafka how far it is") {
                let lag = try await status(chain, groups)["lag"]?.arrayValue ?? []
                return lag.contains { $0["group"] == .string(chain.group) && $0["topic"] == .string(chain.topic()) }
                    && lag.filter { $0["group"] == .string(chain.group) }.allSatisfy { $0["events"] == 0 }
            }
            let report = try await status(chain, groups)
            #expect(report["pending"] == 0)
            #expect(report["parked"] == 0)
            #expect(report["outbox"]?["publishedKept"] == 3)
            #expect(report["outbox"]?["lastSequence"] == 3)
            #expect(report["outbox"]?["owners"]?.arrayValue?.compactMap { $0["owner"] } == ["first"])
            #expect(report["outbox"]?["owners"]?.arrayValue?.compactMap { $0["lanes"] } == [64])
            let unseen = report["lag"]?.arrayValue?.first {
                $0["group"] == "never-seen" && $0["topic"] == .string(chain.topic())
            }
            #expect(unseen?["events"] == 3)

            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
            #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
            try await chain.outbox.save(try (4...5).map { try Self.position($0) })
            let backlog = try await status(chain)
            #expect(backlog["pending"] == 2)
            let types = backlog["outbox"]?["aggregateTypes"]?.arrayValue
            #expect(types?.compactMap { $0["aggregateType"] } == ["position"])
            #expect(types?.compactMap { $0["pending"] } == [2])
            let text = try await chain.run(.outbox, ["status"])
            #expect(text.split(separator: "\n").contains { $0.contains("position") && $0.contains("2") })
            #expect(text.contains("3 settled events kept"))
        }
    }

    private func status(_ chain: Chain, _ changes: [String: String?] = [:]) async throws -> JSONValue {
        try JSONValue(parsing: Array(try await chain.run(.outbox, ["status", "--json"], changes).utf8))
    }

    @Test("a parked event is listed, shown, tried anew once it is mended, or discarded, and its chain follows")
    func parked() async throws {
        try await Chain.with { chain in
            let settings = ["OUTBOX_DISPATCH_MAX_RETRY": "1", "OUTBOX_DISPATCH_BACKOFF_BASE": "10ms"]
            let dispatcher = try chain.dispatcher(settings)
            try await chain.outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                SELECT gen_random_uuid(), aggregate, 'position', 'position.updated',
                    CASE n WHEN 1 THEN '[1]' ELSE jsonb_build_object('n', n) END
                FROM unnest(ARRAY['P1', 'P2']) AS aggregate, generate_series(1, 3) AS n ORDER BY n
                """)
            try await eventually(within: .seconds(60), "both are parked") {
                try await chain.outbox.count("parked_at IS NOT NULL") == 2
            }
            let list = try await chain.run(.outbox, ["parked", "list"])
            #expect(list.contains("position:P1") && list.contains("position:P2") && list.contains("not a JSON object"))
            let text = try await chain.run(.outbox, ["parked", "list", "--json"])
            let entries = try #require(JSONValue(parsing: Array(text.utf8)).arrayValue)
            #expect(entries.compactMap { $0["waiting"] } == [2, 2])
            let id = try #require(entries[0]["event"]?["eventID"]?.stringValue)
            let shown = try JSONValue(parsing: Array(try await chain.run(.outbox, ["parked", "show", id]).utf8))
            #expect(shown["payload"] == [1])
            #expect(shown["retryCount"] == 1)

            try await chain.outbox.run(
                #"UPDATE outbox_events SET payload = '{"n": 1}' WHERE aggregate_id = 'P1' AND parked_at IS NOT NULL"#)
            try await chain.run(.outbox, ["parked", "retry", id, "--as", "me", "--reason", "mended"])
            try await chain.waitUntilPublished(3)
            let unexplained = try chain.start(.outbox, ["parked", "discard", "--aggregate", "position:P2"])
            #expect(try await unexplained.waitForExit(within: .seconds(60)) == .exited(2))
            try await chain.run(
                .outbox, ["parked", "discard", "--aggregate", "position:P2", "--as", "me", "--reason", "no object"])
            try await chain.waitUntilPublished(5)
            #expect(try await chain.run(.outbox, ["parked", "list"]) == "no parked events\n")
            let nothingLeft = try chain.start(.outbox, ["parked", "retry", "--all", "--as", "me"])
            #expect(try await nothingLeft.waitForExit(within: .seconds(60)) == .exited(1))

            let records = try await chain.records()
            let numbers = { (aggregate: String) in
                try records.filter { $0.headerText("aggregate_id") == aggregate }
                    .map { try JSONValue(parsing: $0.value ?? [])["n"] }
            }
            #expect(try numbers("P1") == [1, 2, 3])
            #expect(try numbers("P2") == [2, 3])
            let audit = try await chain.outbox.pool.withConnection {
                try await $0.query("SELECT action, aggregate_id, actor, reason FROM outbox_audit ORDER BY action")
            }
            let lines = try audit.rows.map { row in
                let line = try row.decode((String, String, String, String).self)
                return "\(line.0) \(line.1) \(line.2): \(line.3)"
            }
            #expect(lines == ["parked.discard P2 me: no object", "parked.retry P1 me: mended"])
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("the schema can be taken down to the plain table and put up again, and keeps its events")
    func migrate() async throws {
        try await Chain.with { chain in
            try await chain.outbox.save([try Self.position(1)])
            #expect(try await chain.run(.outbox, ["migrate"]).contains("nothing to do"))
            #expect(try await chain.run(.outbox, ["migrate", "--down"]).contains("undone"))
            #expect(try await columns(chain) == 11)
            #expect(try await chain.outbox.count() == 1)
            #expect(try await chain.run(.outbox, ["migrate"]).contains("applied"))
            let dispatcher = try chain.dispatcher()
            try await chain.waitUntilPublished(1)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("psql takes the schema that is printed", .requires(program: "psql"))
    func printedSchema() async throws {
        let url = try await PostgresServer.shared().createDatabase("printed")
        let script = try BuiltTool.outbox.start(["migrate", "--print"], environment: ["DATABASE_URL": nil])
        try await script.waitForSuccess(within: .seconds(60))
        for _ in 1...2 {
            let psql = try ChildProcess("psql", ["-d", url, "-v", "ON_ERROR_STOP=1", "-q", "-f", script.output.path])
            try await psql.waitForSuccess(within: .seconds(60))
        }
        let migrate = try BuiltTool.outbox.start(["migrate"], environment: ["DATABASE_URL": url])
        try await migrate.waitForSuccess(within: .seconds(60))
    }

    private func columns(_ chain: Chain) async throws -> Int {
        try await chain.outbox.pool.withConnection { connection in
            let result = try await connection.query(
                "SELECT count(*) FROM information_schema.columns WHERE table_name = 'outbox_events'")
            return Int(try result.int64(row: 0, column: 0))
        }
    }

    @Test("several dispatchers and consumers run side by side, and those left carry on")
    func sideBySide() async throws {
        try await Chain.with { chain in
            try await chain.logPositions()
            var dispatchers = try (1...2).map { _ in try chain.dispatcher() }
            var consumers = try (1...2).map { _ in try chain.consumer() }
            var addresses: Set<String> = []
            for process in dispatchers + consumers { addresses.insert(try await process.httpAddress()) }
            #expect(addresses.count == 4)
            _ = try await chain.writers(events: 1000).run()
            for process in [dispatchers.removeFirst(), consumers.removeFirst()] {
                let status = try await process.stop(within: .seconds(60))
                #expect(status == .exited(0), "\(process.name): \(process.errorOutput.text.suffix(5_000))")
            }
            let committed = try await chain.writers(events: 1000).run()
            try await chain.expectAllArrived(committed, duplicates: false)
            for process in dispatchers + consumers {
                let status = try await process.stop(within: .seconds(60))
                #expect(status == .exited(0), "\(process.name): \(process.errorOutput.text.suffix(5_000))")
            }
        }
    }

    private static func position(_ n: Int) throws -> OutboxEvent {
        try TestDatabase.event("position.updated", "P\(n)", payload: Chain.position("P\(n)", 1))
    }
}

extension JSONValue {
    fileprivate var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
