import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import Servers
import Testing

@Suite("outbox doctor: brokers, topics, dispatchers and consumers", .serialized)
struct DoctorChainTests {
    private func run(
        _ chain: Chain, _ options: [String] = [], _ changes: [String: String?] = [:]
    ) async throws -> DoctorRun {
        try await DoctorRun.run(options, environment: chain.environment.merging(changes) { $1 })
    }

    /// Types all commands of a finding.
    private func mend(_ finding: DoctorRun.Finding, _ chain: Chain) async throws {
        for command in finding.commands { try await DoctorRun.type(command, environment: chain.environment) }
    }

    @Test("a chain that works has no errors, for people and for scripts", .requiresBroker)
    func works() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let consumer = try chain.consumer()
            try await chain.insert(["P1"], events: 3)
            try await chain.waitUntilPublished(3)
            try await eventually(within: .seconds(60), "nothing is wrong") {
                let run = try await run(chain, ["--types", "position"], ["OUTBOX_CONSUMER_GROUPS": chain.group])
                return run.status == .exited(0) && run["dispatchers"] != nil && run["consumers"] != nil
                    && run["topics"] != nil && run["broker"] != nil
            }
            let text = try await chain.ran("doctor --role operator")
            #expect(text.status == .exited(0), "\(text.output)")
            for title in ["Database\n", "Schema\n", "Broker\n", "Topics\n", "Dispatch\n", "Consumers\n"] {
                #expect(text.output.contains(title), "\(text.output)")
            }
            // No terminal: plain letters.
            #expect(text.output.utf8.allSatisfy { $0 < 0x80 })
            let few = try await chain.ran("doctor --role operator --partitions 5")
            #expect(few.status == .exited(0) && few.output.contains("!! topic-partitions"), "\(few.output)")
            #expect(try await chain.ran("doctor --role operator --partitions 5 --strict").status == .exited(1))
            #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("topics: missing, and too small; the commands mend them", .requiresBroker)
    func topics() async throws {
        try await Chain.with { chain in
            try await chain.insert(["G1"], type: "ghost", events: 1)
            let missing = try #require(try await run(chain)["topic-missing"])
            #expect(missing.severity == "error" && missing.seen.contains("ghost"))
            try await mend(missing, chain)
            #expect(try await run(chain)["topic-missing"] == nil)

            try await chain.outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                VALUES (gen_random_uuid(), 'P1', 'position', 'position.updated',
                    jsonb_build_object('text', repeat('abcdefgh', 200000)))
                """)
            let small = try #require(try await run(chain)["topic-too-small"])
            #expect(small.severity == "error")
            try await mend(small, chain)
            #expect(try await run(chain)["topic-too-small"] == nil)
            #expect(try await run(chain, ["--partitions", "5"])["topic-partitions"] != nil)
        }
    }

    @Test("a poisoned event is named with what mends it, and events wait when nobody dispatches", .requiresBroker)
    func poison() async throws {
        try await Chain.with { chain in
            try await chain.insert(["P1"], events: 3, poison: 2)
            let nobody = try await run(chain)
            #expect(nobody["nobody-dispatches"]?.severity == "error" && nobody.status == .exited(1))
            let dispatcher = try chain.dispatcher(["OUTBOX_DISPATCH_MAX_RETRY": "1"])
            try await eventually(within: .seconds(60), "the event is parked") {
                try await chain.outbox.count("parked_at IS NOT NULL") == 1
            }
            let run = try await run(chain)
            let poisoned = try #require(run["poisoned-event"])
            #expect(poisoned.severity == "error" && poisoned.seen.contains("position:P1"))
            #expect(run["nobody-dispatches"] == nil)
            try await chain.mend("aggregate_id = 'P1'")
            try await mend(poisoned, chain)
            try await chain.waitUntilPublished(3)
            #expect(try await self.run(chain)["poisoned-event"] == nil)
            #expect(try await chain.numbers(of: "P1") == [1, 2, 3])

            // As a dispatcher does that is older than the table of dispatchers.
            try await chain.outbox.run(
                """
                UPDATE outbox_lanes SET owner = 'old-1', epoch = epoch + 1, lease_until = now() + interval '1 hour'
                WHERE lane = 0
                """)
            let old = try #require(try await self.run(chain)["old-schema"])
            #expect(old.severity == "warning" && old.seen.contains("old-1"))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("a consumer that stopped is named by its group", .requiresBroker)
    func consumer() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            try await chain.insert(["P1", "P2"], events: 5)
            try await chain.waitUntilPublished(10)
            let never = try await run(chain, [], ["OUTBOX_CONSUMER_GROUPS": chain.group])
            #expect(never["consumer-stopped"]?.severity == "error")
            let admin = try KafkaAdmin(bootstrapServers: chain.broker.bootstrapServers)
            try await admin.alterCommittedOffsets(
                group: chain.group,
                [KafkaTopicPartition(chain.topic(), 0): 0, KafkaTopicPartition(chain.topic(), 1): 0])
            await admin.close()
            // Found without being asked for, since it has read one of the topics.
            let stopped = try #require(
                try await run(chain).findings.first { $0.id == "consumer-stopped" && $0.seen.contains(chain.group) })
            #expect(stopped.severity == "error" && stopped.seen.contains("10 records"))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("brokers: nobody at the port, PostgreSQL at the port, a password that is refused", .requiresPrivateBroker)
    func brokers() async throws {
        let database = try await TestDatabase.make("doctor")
        let users = KafkaUsers(["doctor": "right"])
        let broker = try await KafkaBroker.start(users: users)
        defer { broker.close() }
        func run(_ servers: String, _ properties: [String: String] = [:]) async throws -> DoctorRun {
            let flags = properties.flatMap { ["--kafka-config", "\($0)=\($1)"] }
            return try await DoctorRun.run(
                ["--timeout", "4s"] + flags,
                environment: ["DATABASE_URL": database.url, "KAFKA_BOOTSTRAP_SERVERS": servers])
        }
        let usual = try await run(broker.bootstrapServers)
        #expect(usual["broker"] != nil && usual["broker-down"] == nil)
        let wrong = try await run("127.0.0.1:\(try await PostgresServer.shared().port)")
        #expect(wrong["wrong-port"]?.seen.contains("PostgreSQL") == true && wrong.status == .exited(3))
        let refused = try await run(
            try broker.userBootstrapServers, KafkaUsers(["doctor": "wrong"]).clientProperties(of: "doctor"))
        #expect(refused["login-refused"]?.severity == "error", "\(refused.findings)")
        let unnamed = try await run(try broker.userBootstrapServers)
        #expect(unnamed.troubles.contains { $0 == "tls-refused" || $0 == "login-refused" }, "\(unnamed.findings)")
        #expect(try await run("host.invalid:9092")["host-unknown"] != nil)
        try await broker.stop()
        let down = try await run(broker.bootstrapServers)
        #expect(down["broker-down"] != nil || down["wrong-port"]?.seen.contains("Kafka is at port") == true)
        await database.pool.close()
    }
}
