import FoundationEssentials
import Glibc
import LibPQ
import LibRDKafka
import Outbox
import Servers
import Testing

@testable import Faults

/// Each is planted on real servers, and then three are asked what is wrong: the check-up, the console, and the page of the
/// documentation that has the trouble's name.
@Suite("The troubles of the first day", .serialized, .requiresBroker)
struct PlantedTroublesTests {
    @Test("of the database: a table that is missing, a role without rights")
    func database() async throws {
        try await Chain.with { chain in
            let role = "planted_\(UInt32.random(in: 0 ... .max))"
            try await chain.outbox.run("CREATE ROLE \(role) LOGIN")
            let lacking = try Planted(chain, ["DATABASE_URL": chain.outbox.url(as: role)])
            try await lacking.expect("role-without-rights")

            let planted = try Planted(chain)
            _ = try await planted.dispatcher.waitUntilReady()
            try await chain.outbox.run("ALTER TABLE outbox_events RENAME TO outbox_events_of_yesterday")
            try await planted.expect("table-missing")
            // One that starts now does not get as far as having a console.
            let late = try chain.dispatcher()
            #expect(try await late.waitForExit(within: .seconds(60)) == .exited(1))
            #expect(late.errorOutput.text.contains("table-missing"))
        }
    }

    @Test("of the brokers: a port of another server, a broker that is down", .requiresPrivateBroker)
    func brokers() async throws {
        let broker = try await KafkaBroker.start()
        defer { broker.close() }
        try await Chain.with(broker: broker) { chain in
            let postgres = try await PostgresServer.shared().port
            try await Planted(chain, ["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:\(postgres)"]).expect("wrong-port")

            let planted = try Planted(chain)
            try await chain.insert(["P1"], events: 1)
            try await chain.waitUntilPublished(1)
            try await broker.stop()
            try await chain.insert(["P1"], events: 1)
            try await planted.expect("broker-down")
        }
    }

    @Test("of topics and events, of a dispatcher with an old schema, of a consumer that has stopped")
    func work() async throws {
        try await Chain.with { chain in
            let planted = try Planted(chain)
            try await chain.insert(["P1"], events: 2)
            // Its group has offsets, and no member.
            let admin = try KafkaAdmin(bootstrapServers: chain.broker.bootstrapServers)
            let start = (0..<4).map { (KafkaTopicPartition(chain.topic(), $0), Int64(0)) }
            try await admin.alterCommittedOffsets(group: chain.group, Dictionary(uniqueKeysWithValues: start))
            await admin.close()
            try await planted.expect("consumer-stopped")

            try await chain.insert(["G1"], type: "ghost", events: 1)
            try await planted.expect("topic-missing")

            try await chain.outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                VALUES (gen_random_uuid(), 'P2', 'position', 'position.updated',
                    jsonb_build_object('text', repeat('abcdefgh', 200000)))
                """)
            try await planted.expect("topic-too-small")

            try await chain.insert(["P3"], events: 2, poison: 1)
            try await planted.expect("poisoned-event")

            // As a dispatcher does that is older than the table of dispatchers.
            try await chain.outbox.run(
                """
                UPDATE outbox_lanes SET owner = 'old-1', epoch = epoch + 1, lease_until = now() + interval '1 hour'
                WHERE lane = 0
                """)
            try await planted.expect("old-schema")
        }
    }

    @Test("of the disk: it is full", .enabled(if: geteuid() == 0, "needs root, to mount a small disk"))
    func disk() async throws {
        guard let disk = try? await SmallDisk.make().get() else {
            print("no disk can be mounted here; not looked at")
            return
        }
        let database = try await TestDatabase.make("planted")
        let name = PostgresServer.databaseName(in: database.url)
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT gen_random_uuid(), 'P' || n, 'planted', 'planted.made', '{}' FROM generate_series(1, 20000) AS n
            """)
        await database.pool.close()
        let broker = try await KafkaBroker.shared()
        let topics = "d\(UUID().uuidString.prefix(8).lowercased())"
        try await broker.createTopic("\(topics).planted", partitions: 1)
        let admin = try await PQConnection.connect(PQConfiguration(url: try await PostgresServer.shared().url))
        let space = "planted_\(UInt32.random(in: 0 ... .max))"
        try await admin.run(script: "CREATE TABLESPACE \(space) LOCATION '\(disk.path)'")
        try await admin.run(script: "ALTER DATABASE \"\(name)\" SET TABLESPACE \(space)")
        try await disk.fill()
        let planted = try Planted([
            "DATABASE_URL": database.url(as: .dispatcher), "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": "\(topics).{aggregateType}", "OUTBOX_HTTP_ADDRESS": "127.0.0.1:0",
        ])
        try await planted.expect("disk-full")
        try await disk.free()
        #expect(try await planted.dispatcher.stop(within: .seconds(60)) == .exited(0))
        try await admin.run(script: "DROP DATABASE \"\(name)\" WITH (FORCE)")
        try await admin.run(script: "DROP TABLESPACE \(space)")
        await admin.close()
        await disk.close()
    }
}

/// A dispatcher that trouble is planted for, and who is asked about it.
private struct Planted {
    let dispatcher: ChildProcess
    private let environment: [String: String?]

    init(_ environment: [String: String?]) throws {
        self.environment = environment.merging([
            "OUTBOX_DISPATCH_MAX_RETRY": "1", "OUTBOX_DISPATCH_INTERVAL": "100ms",
        ]) { $1 }
        dispatcher = try BuiltTool.outbox.start(["dispatch"], environment: self.environment)
    }

    init(_ chain: Chain, _ changes: [String: String?] = [:]) throws {
        let environment = chain.environment(of: .outbox, ["dispatch"])
        try self.init(
            environment.merging(["OUTBOX_CONSUMER_GROUPS": chain.group]) { $1 }.merging(changes) { $1 })
    }

    /// Expects all three to know the trouble by its name, and shows what they say.
    func expect(_ id: String) async throws {
        var shown: String?
        let console = HTTPClient(try await dispatcher.httpAddress())
        try await eventually(within: .seconds(60), "the console shows \(id)") {
            guard let answer = try? await console.get("/console/state") else { return false }
            let findings = try JSONValue(parsing: answer.body)["now"]?["findings"]?.elements ?? []
            shown = findings.first { $0["id"]?.stringValue == id }?["seen"]?.stringValue
            return shown != nil
        }
        #expect(try await console.get("/").status == 200)

        var found: DoctorRun.Finding?
        try await eventually(within: .seconds(60), "the check-up names \(id)") {
            found = try await DoctorRun.run(["--timeout", "4s"], environment: environment)[id]
            return found != nil
        }
        #expect(["warning", "error"].contains(found?.severity), "\(id)")
        #expect(found.map { !$0.commands.isEmpty || !$0.seen.isEmpty } == true)

        let troubles = try Readme(article: "Troubles").lines
        let start = try #require(troubles.firstIndex(of: "## \(id)"), "Troubles.md has no section \(id)")
        let section = troubles[(start + 1)...].prefix { !$0.hasPrefix("## ") }
        #expect(section.contains { $0.hasPrefix("**Mend it**") }, "\(id)")
        let answer = section.first { $0.hasPrefix("**You see**") } ?? ""
        print("| `\(id)` | \(found?.seen ?? "") | \(shown ?? "") | \(answer) |")
    }
}
