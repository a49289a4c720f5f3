import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka
import OutboxTelemetry
import Servers
import Testing

@Suite("Members of the group", .requiresBroker)
struct ConsumerMembershipTests {
    @Test("an instance with a name is restarted without a rebalance, and gets its partitions back")
    func restart() async throws {
        try await ConsumerFixture.with(partitions: 2) { fixture in
            let registry = MetricsRegistry()
            let other = try fixture.consumer(registry: registry) { configuration in
                configuration.groupInstance = "one"
                configuration.kafkaProperties = ["heartbeat.interval.ms": "300"]
            }
            func named() throws -> IdempotentConsumer {
                try fixture.consumer(registry: MetricsRegistry()) { configuration in
                    configuration.groupInstance = "two"
                    configuration.kafkaProperties = ["heartbeat.interval.ms": "300"]
                }
            }
            try await fixture.running(other) {
                try await fixture.running(try named()) {
                    try await eventually(within: .seconds(60), "each has a partition") {
                        other.health.partitions == 1 && registry.value(of: "outbox_consume_rebalances") > 0
                    }
                    try await fixture.publish((1...20).map { fixture.event($0, of: "P\($0)") })
                    try await eventually(within: .seconds(60), "all is applied") {
                        try await fixture.count("SELECT count(*) FROM ledger") == 20
                    }
                }
                let before = registry.value(of: "outbox_consume_rebalances")
                try await fixture.publish((21...40).map { fixture.event($0, of: "P\($0)") })
                let again = try named()
                try await fixture.running(again) {
                    try await eventually(within: .seconds(40), "it goes on where it was") {
                        try await fixture.count("SELECT count(*) FROM ledger") == 40 && again.health.partitions == 1
                    }
                    // The statistics that have come since then.
                    try await Task.sleep(for: .seconds(2.5))
                    #expect(registry.value(of: "outbox_consume_rebalances") == before)
                    #expect(other.health.partitions == 1)
                }
            }
            #expect(try await fixture.applied().sorted() == Array(1...40))
        }
    }

    @Test("of two instances with one name the older ends, and says why")
    func fenced() async throws {
        try await ConsumerFixture.with { fixture in
            func named() throws -> IdempotentConsumer {
                try fixture.consumer(registry: MetricsRegistry()) { configuration in
                    configuration.groupInstance = "same"
                    configuration.kafkaProperties = ["heartbeat.interval.ms": "300"]
                }
            }
            let older = try named()
            let run = Task { try await older.run() }
            try await eventually(within: .seconds(60), "the older has its partition") { older.health.partitions == 1 }
            let newer = try named()
            try await fixture.running(newer) {
                do {
                    try await run.value
                    Issue.record("the older one ended as if all were well")
                } catch let error as ConsumerError {
                    #expect(error.code == .fenced)
                    #expect(error.message.contains("same"))
                }
                try await fixture.publish([fixture.event(1, of: "P1")])
                try await eventually(within: .seconds(60), "the newer works") { try await fixture.applied() == [1] }
            }
        }
    }

    @Test("an instance for which no partition is left stands by, ready, and takes over")
    func standby() async throws {
        try await ConsumerFixture.with { fixture in
            let registry = MetricsRegistry()
            func consumer() throws -> IdempotentConsumer {
                try fixture.consumer(registry: registry) { $0.kafkaProperties = ["heartbeat.interval.ms": "300"] }
            }
            let first = try consumer()
            let second = try consumer()
            try await fixture.running(second) {
                try await fixture.running(first) {
                    try await eventually(within: .seconds(60), "one works, one stands by, both are ready") {
                        let (one, two) = (first.health, second.health)
                        return one.isReady && two.isReady && one.partitions + two.partitions == 1
                            && one.isStandby != two.isStandby
                    }
                }
                try await eventually(within: .seconds(60), "the one that is left has it") {
                    second.health.partitions == 1
                }
                try await eventually(within: .seconds(30), "it tells of its brokers") {
                    registry.exposition().contains(#"outbox_consume_broker_up{broker="1"} 1"#)
                }
            }
        }
    }

    @Test(
        "an inbox that forgets before its topic does is warned of, with both settings",
        arguments: [["retention.ms": "604800000"], ["retention.ms": "-1"], ["cleanup.policy": "compact"]])
    func retention(settings: [String: String]) async throws {
        try await ConsumerFixture.with { fixture in
            let topic = fixture.topic + ".kept"
            try await fixture.broker.createTopic(topic, settings: settings)
            let logs = KeepingHandler()
            let consumer = try fixture.consumer(logs: logs) { configuration in
                configuration.topics = [topic]
                configuration.inboxRetention = .seconds(3_600)
            }
            try await fixture.running(consumer) {
                try await eventually(within: .seconds(60), "there is a warning") {
                    logs.lines.all.contains { line in
                        "\(line.message)".contains("the inbox forgets") && "\(line.metadata)".contains("3600s")
                            && settings.allSatisfy { "\(line.metadata)".contains("\($0.key)=\($0.value)") }
                    }
                }
            }
        }
    }
}
