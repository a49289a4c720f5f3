import FoundationEssentials
import LibRDKafka
import Outbox
import Testing

@testable import Servers

@Suite("Console: what is wrong", .requiresBroker)
struct ConsoleTroubleTests {
    @Test("troubles of events, topics, lanes and consumers are named as outbox doctor names them")
    func work() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher([
                "OUTBOX_DISPATCH_MAX_RETRY": "1", "OUTBOX_DISPATCH_INTERVAL": "100ms",
                "OUTBOX_CONSUMER_GROUPS": chain.group,
            ])
            let console = try await dispatcher.waitUntilReady()
            #expect(try await Self.troubles(console).isEmpty)
            try await chain.insert(["G1"], type: "ghost", events: 1)
            try await chain.insert(["P1"], events: 3, poison: 2)
            try await chain.outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                VALUES (gen_random_uuid(), 'P2', 'position', 'position.updated',
                    jsonb_build_object('text', repeat('abcdefgh', 200000)))
                """)
            // As a dispatcher does that is older than the table of dispatchers.
            try await chain.outbox.run(
                """
                UPDATE outbox_lanes SET owner = 'old-1', epoch = epoch + 1, lease_until = now() + interval '1 hour'
                WHERE lane = 0
                """)
            let admin = try KafkaAdmin(bootstrapServers: chain.broker.bootstrapServers)
            let start: [KafkaTopicPartition: Int64] = [
                .init(chain.topic(), 0): 0, .init(chain.topic(), 1): 0, .init(chain.topic(), 2): 0,
                .init(chain.topic(), 3): 0,
            ]
            try await admin.alterCommittedOffsets(group: chain.group, start)
            await admin.close()
            for (id, words) in [
                ("topic-missing", "ghost"), ("poisoned-event", "position:P1"), ("topic-too-small", "position:P2"),
                ("old-schema", "old-1"), ("consumer-stopped", chain.group),
            ] {
                try await eventually(within: .seconds(60), "\(id) is named, with \(words)") {
                    try await Self.troubles(console)[id]?.contains(words) == true
                }
            }
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("a role without rights is told which, while the dispatcher waits")
    func rights() async throws {
        try await Chain.with { chain in
            let role = "console_\(UInt32.random(in: 0 ... .max))"
            try await chain.outbox.run("CREATE ROLE \(role) LOGIN; GRANT SELECT ON outbox_events TO \(role)")
            let dispatcher = try chain.dispatcher(["DATABASE_URL": chain.outbox.url(as: role)])
            let console = HTTPClient(try await dispatcher.httpAddress())
            try await eventually(within: .seconds(60), "the rights that it lacks are named") {
                try await Self.troubles(console)["role-without-rights"]?.contains("outbox_lanes") == true
            }
            #expect(dispatcher.isRunning)
        }
    }

    @Test("a server that is not there: the page is up, and says which, and where another one listens")
    func servers() async throws {
        try await Chain.with { chain in
            let port = try await PostgresServer.shared().port
            let noBroker = try chain.dispatcher(["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:\(port)"])
            let nobody = try chain.dispatcher([
                "DATABASE_URL": "postgresql://127.0.0.1:\(try FreePort.next())/outbox"
            ])
            let (first, second) = (
                HTTPClient(try await noBroker.httpAddress()), HTTPClient(try await nobody.httpAddress())
            )
            try await eventually(within: .seconds(60), "PostgreSQL listens at the brokers' port") {
                try await Self.troubles(first)["wrong-port"]?.contains("PostgreSQL listens") == true
            }
            try await eventually(within: .seconds(60), "nobody listens at the database's port") {
                let troubles = try await Self.troubles(second)
                return (troubles["database-down"] ?? troubles["wrong-port"])?.contains("refused") == true
            }
            #expect(noBroker.isRunning && nobody.isRunning)
        }
    }

    @Test("brokers that go away are named, and no more when they are back", .requiresPrivateBroker)
    func brokers() async throws {
        let broker = try await KafkaBroker.start()
        defer { broker.close() }
        try await Chain.with(broker: broker) { chain in
            let dispatcher = try chain.dispatcher()
            let console = try await dispatcher.waitUntilReady()
            try await broker.stop()
            try await chain.insert(["P1"], events: 1)
            try await eventually(within: .seconds(60), "brokers are named") {
                let troubles = try await Self.troubles(console)
                return troubles["broker-down"] != nil || troubles["wrong-port"]?.contains("Kafka is at port") == true
            }
            #expect(dispatcher.isRunning)
        }
    }

    /// By their ids, what was seen and what mends it.
    private static func troubles(_ console: HTTPClient) async throws -> [String: String] {
        let state = try JSONValue(parsing: try await console.get("/console/state").body)
        var troubles: [String: String] = [:]
        for finding in state["now"]?["findings"]?.elements ?? [] {
            guard let id = finding["id"]?.stringValue else { continue }
            troubles[id, default: ""] += "\(finding["seen"]?.stringValue ?? "") \(finding["why"]?.stringValue ?? "")\n"
        }
        return troubles
    }
}
