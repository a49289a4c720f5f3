import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import OutboxVerify
import Servers
import Testing

@Suite("outbox verify", .requiresBroker, .serialized)
struct VerifyTests {
    /// Runs the tool, and reads its report.
    private static func verify(
        _ chain: Chain, _ arguments: [String] = [], expecting status: Int32, _ changes: [String: String?] = [:]
    ) async throws -> VerifyReport {
        let process = try chain.start(.outbox, ["verify", "--json"] + arguments, changes)
        let exit = try await process.waitForExit(within: .seconds(120))
        #expect(exit == .exited(status), "\(process.output.text)\n\(process.errorOutput.text.suffix(2_000))")
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(VerifyReport.self, from: Data(process.output.text.utf8))
    }

    private static func fill(_ chain: Chain, events: Int, from start: Int = 1) async throws {
        try await chain.outbox.save(
            try (start..<start + events).map { n in
                let position = "P\(n % 5)"
                return try TestDatabase.event(
                    "position.updated", position, payload: Chain.position(position, Int32(n)))
            })
    }

    /// The record of an event as the dispatcher writes it.
    private static func message(
        _ chain: Chain, _ id: String, sequence: Int64, aggregate: String, payload: String
    ) -> KafkaMessage {
        KafkaMessage(
            topic: chain.topic(), key: Array(aggregate.utf8), value: Array(payload.utf8),
            headers: [
                KafkaHeader("event_id", id), KafkaHeader("event_type", "position.updated"),
                KafkaHeader("aggregate_type", "position"), KafkaHeader("aggregate_id", aggregate),
                KafkaHeader("sequence", "\(sequence)"),
            ])
    }

    private static func send(_ messages: [KafkaMessage], to chain: Chain) async throws {
        let producer = try KafkaProducer(
            KafkaProducerConfiguration(bootstrapServers: chain.broker.bootstrapServers))
        for message in messages { #expect(try await producer.send([message]).allSatisfy { $0.error == nil }) }
        await producer.close()
    }

    @Test("a clean system is fine, also to a role that may only read, and no group is made")
    func clean() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let consumer = try chain.consumer()
            try await Self.fill(chain, events: 40)
            try await chain.waitUntilApplied(40)
            try await chain.waitUntilPublished(40)
            try await chain.outbox.run(
                """
                DROP ROLE IF EXISTS verify_reader;
                CREATE ROLE verify_reader LOGIN;
                GRANT SELECT ON ALL TABLES IN SCHEMA public TO verify_reader
                """)
            let reader = chain.outbox.url(as: "verify_reader")
            let report = try await Self.verify(
                chain, ["--consumer", chain.group], expecting: 0, ["DATABASE_URL": reader])
            #expect(report.isFine && report.violations.values.allSatisfy { $0 == 0 })
            #expect(report.counts.settled == 40)
            #expect(report.counts.records == 40)
            #expect(report.counts.applied == 40)
            #expect(report.passes == 1)
            #expect(report.notes == [])
            try await chain.outbox.run("DROP OWNED BY verify_reader; DROP ROLE verify_reader")

            // Neither does a span in which nothing happened, nor one that ends amid it all, see anything wrong.
            let long = try await Self.verify(chain, ["--since", "2h", "--until", "1h"], expecting: 0)
            #expect(long.counts.settled == 0)
            #expect(try await Self.verify(chain, ["--since", "1h"], expecting: 0).counts.settled == 40)

            let admin = try KafkaAdmin(bootstrapServers: chain.broker.bootstrapServers)
            let partitions = (0..<4).map { KafkaTopicPartition(chain.topic(), $0) }
            #expect(try await admin.committedOffsets(group: "outbox-verify", partitions).isEmpty)
            await admin.close()
            let text = try await chain.run(.outbox, ["verify", "--consumer", chain.group])
            #expect(text.contains("outbox: 40 settled, 0 pending") && text.hasSuffix("All is well.\n"))

            let unknown = try chain.start(.outbox, ["verify", "--consumer", "nobody"])
            #expect(try await unknown.waitForExit(within: .seconds(60)) == .exited(2))
            #expect(unknown.errorOutput.text.contains(chain.group))
            for process in [dispatcher, consumer] {
                #expect(try await process.stop(within: .seconds(60)) == .exited(0))
            }
        }
    }

    @Test("whatever is wrong is found and named, and nothing else")
    func violations() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let consumer = try chain.consumer()
            try await Self.fill(chain, events: 20)
            try await chain.waitUntilPublished(20)
            try await Self.fill(chain, events: 40, from: 21)
            try await chain.waitUntilPublished(60)
            try await chain.waitUntilApplied(60)
            for process in [dispatcher, consumer] {
                #expect(try await process.stop(within: .seconds(60)) == .exited(0))
            }
            let verify = ["--consumer", chain.group, "--grace", "0s"]
            #expect(try await Self.verify(chain, verify, expecting: 0).counts.applied == 60)

            var expected: [Violation: Set<String>] = [:]
            func ids(_ sql: PQStatement, in pool: PQPool) async throws -> Set<String> {
                try await pool.withConnection { connection in
                    Set(try await connection.query(sql).rows.map { try $0.decode(0, as: UUID.self).uuidString })
                }
            }
            expected[.unknown] = try await ids(
                "DELETE FROM outbox_events WHERE id IN (41, 42) RETURNING event_id", in: chain.outbox.pool)
            expected[.early] = try await ids(
                "UPDATE outbox_events SET published = FALSE, published_at = NULL WHERE id = 43 RETURNING event_id",
                in: chain.outbox.pool)
            expected[.wrongContent] = try await ids(
                "UPDATE outbox_events SET payload = payload || '{\"n\": -1}' WHERE id = 44 RETURNING event_id",
                in: chain.outbox.pool)
            expected[.missing] = try await ids(
                """
                INSERT INTO outbox_events
                    (event_id, aggregate_id, aggregate_type, event_type, payload, published, published_at)
                SELECT gen_random_uuid(), 'P1', 'position', 'position.updated', '{}', TRUE, now() RETURNING event_id
                """, in: chain.outbox.pool)
            let applied = try await ids(
                "SELECT event_id FROM outbox_events WHERE id = 45", in: chain.outbox.pool)
            expected[.notApplied] = applied
            try await chain.query.withConnection { connection in
                try await connection.execute(
                    "DELETE FROM outbox_inbox WHERE event_id = ANY(\(applied.compactMap { UUID(uuidString: $0) }))")
            }
            expected[.neverPublished] = try await ids(
                "INSERT INTO outbox_inbox (consumer, event_id) VALUES (\(chain.group), gen_random_uuid()) RETURNING event_id",
                in: chain.query)
            try await Self.disorder(chain, &expected)

            let report = try await Self.verify(chain, verify, expecting: 1)
            for kind in Violation.allCases where kind != .duplicated {
                let found = report.findings.filter { $0.kind == kind }.compactMap { $0.eventID?.uuidString }
                #expect(Set(found) == expected[kind] ?? [], "\(kind)")
                // One more is no event at all, and has no id.
                #expect(report.violations[kind] == (expected[kind]?.count ?? 0) + (kind == .unknown ? 1 : 0), "\(kind)")
            }
            #expect(report.counts.duplicates == 1)
            #expect(report.counts.replays == 1)
            #expect(report.findings.first { $0.kind == .missing }?.aggregate == "position:P1")
            #expect(report.findings.first { $0.kind == .wrongContent }?.detail == "not as in its row: payload")
            #expect(report.findings.first { $0.kind == .outOfOrder }?.topic == chain.topic())

            let strict = try await Self.verify(chain, ["--strict", "--limit", "1"], expecting: 1)
            #expect(strict.violations[.duplicated] == 1)
            #expect(strict.violations[.unknown] == 3)
            #expect(strict.findings.count { $0.kind == .unknown } == 1)
            // Where rows are not kept, nothing can be said of those that are not there.
            let unkept = try await Self.verify(
                chain, [], expecting: 1, ["OUTBOX_DISPATCH_RETENTION": "none"])
            #expect(unkept.violations[.unknown] == 1)
            #expect(unkept.notes.count == 1)
        }
    }

    /// Two events in the wrong order, one of them also a second time and as a replay; one in another style of JSON;
    /// and a record that is no event.
    private static func disorder(_ chain: Chain, _ expected: inout [Violation: Set<String>]) async throws {
        let rows = try await chain.outbox.pool.withConnection { connection in
            try await connection.query(
                """
                INSERT INTO outbox_events
                    (event_id, aggregate_id, aggregate_type, event_type, payload, published, published_at)
                SELECT gen_random_uuid(), 'Q1', 'position', 'position.updated', '{"a": 1.0, "b": "ä"}', TRUE, now()
                FROM generate_series(1, 3) RETURNING event_id, id
                """
            ).rows.map { try $0.decode((UUID, Int64).self) }
        }
        let messages = rows.map { row in
            message(
                chain, row.0.uuidString, sequence: row.1, aggregate: "Q1",
                payload: #"{ "b" : "\u00e4",  "a" : 1.00 }"#)
        }
        var replay = messages[0]
        replay.headers.append(KafkaHeader("replay_id", UUID().uuidString))
        try await send([messages[0], messages[2], messages[1], messages[2], replay], to: chain)
        try await send([KafkaMessage(topic: chain.topic(), key: Array("x".utf8), value: Array("x".utf8))], to: chain)
        expected[.outOfOrder] = [rows[1].0.uuidString]
    }

    @Test("a live system under load, whose dispatcher and consumer are killed, gives no false alarm")
    func live() async throws {
        try await Chain.with { chain in
            let settings = Chain.quickLease.merging(["OUTBOX_DISPATCH_BATCH_SIZE": "20"]) { $1 }
            var dispatcher = try chain.dispatcher(settings)
            var consumer = try chain.consumer(Chain.quickRejoin)
            async let written = chain.writers(events: 4_000).run()
            try await chain.waitUntilApplied(50)
            var records = 0
            for round in 1...3 {
                let published = try await chain.outbox.count("published")
                async let report = Self.verify(chain, ["--consumer", chain.group], expecting: 0)
                dispatcher.kill()
                if round % 2 == 0 {
                    consumer.kill()
                    consumer = try chain.consumer(Chain.quickRejoin)
                }
                dispatcher = try chain.dispatcher(settings)
                let (isFine, count) = try await (report.isFine, report.counts.records)
                #expect(isFine)
                #expect(count >= published)
                records = count
                let since = try await Self.verify(
                    chain, ["--since", "2s", "--consumer", chain.group], expecting: 0)
                #expect(since.isFine)
                if try await chain.outbox.count("NOT published") == 0 { break }
                try await chain.waitUntilPublished(min(published + 200, 4_000))
            }
            let total = try await written.values.reduce(0, +)
            try await chain.waitUntilPublished(total)
            try await chain.waitUntilApplied(total)
            let last = try await Self.verify(chain, ["--consumer", chain.group], expecting: 0)
            #expect(last.counts.settled == total && last.counts.applied == total)
            #expect(last.counts.records == total + last.counts.duplicates)
            #expect(last.counts.records >= records)
            for process in [dispatcher, consumer] {
                #expect(try await process.stop(within: .seconds(60)) == .exited(0))
            }
        }
    }

    @Test("what does not fit into the memory is compared in several passes, and what is wrong is found there too")
    func passes() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            // Settled before the others are sent: rows from before the oldest settled one may have been deleted.
            try await Self.fill(chain, events: 1)
            try await chain.waitUntilPublished(1)
            try await chain.outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                SELECT gen_random_uuid(), 'P' || n % 500, 'position', 'position.updated', '{}'
                FROM generate_series(2, 20000) AS n
                """)
            try await chain.waitUntilPublished(20_000)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
            try await chain.outbox.run(
                """
                DELETE FROM outbox_events WHERE id IN (10000, 10001);
                UPDATE outbox_events SET event_id = gen_random_uuid() WHERE id IN (10003, 10004, 10005)
                """)
            var configuration = VerifyConfiguration(bootstrapServers: chain.broker.bootstrapServers)
            configuration.topicTemplate = try TopicTemplate(chain.template)
            configuration.memory = 1_400_000
            let report = try await Verification(configuration, outbox: chain.outbox.pool, query: nil).run()
            #expect(report.passes > 1)
            #expect(report.counts.records == 20_000)
            #expect(report.counts.settled == 19_998)
            #expect(report.violations[.missing] == 3)
            #expect(report.violations[.unknown] == 5)
            #expect(report.violations[.outOfOrder] == 0)
            #expect(report.violations[.wrongContent] == 0)
            #expect(Set(report.findings.compactMap(\.eventID)).count == 8)
        }
    }
}
