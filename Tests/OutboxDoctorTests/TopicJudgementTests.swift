import Testing

@testable import OutboxDoctor

@Suite("Doctor: topics")
struct TopicJudgementTests {
    private let configuration = DoctorConfiguration(databaseURL: "", bootstrapServers: "")

    private func findings(brokers: Int = 3, _ change: (inout TopicFacts) -> Void) -> [Finding] {
        var facts = TopicFacts(aggregateType: "position", name: "outbox.event.position", exists: true)
        facts.partitions = 6
        facts.replication = 3
        facts.settings = [
            "max.message.bytes": "1048588", "min.insync.replicas": "2", "retention.ms": "604800000",
            "cleanup.policy": "delete",
        ]
        change(&facts)
        return facts.findings(configuration, brokers: brokers)
    }

    @Test("a topic as it should be has no findings")
    func fine() {
        #expect(findings { _ in }.isEmpty)
    }

    @Test("missing, and without a name")
    func missing() {
        let missing = findings { $0.exists = false }
        #expect(missing.map(\.id) == [.topicMissing])
        #expect(missing[0].commands == ["outbox topics --types 'position' --create --partitions 6"])
        #expect(findings { $0.name = nil }.map(\.id) == [.topicName])
    }

    @Test("an event larger than the topic takes is an error, one nearly as large a warning")
    func tooSmall() {
        let over = findings { $0.largestBytes = 3_000_000 }
        #expect(over.map(\.id) == [.topicTooSmall] && over[0].severity == .error)
        #expect(over[0].commands[0].hasSuffix("--alter --config max.message.bytes=6291456"))
        #expect(findings { $0.largestBytes = 1_000_000 }.map(\.severity) == [.warning])
        #expect(findings { $0.largestBytes = 500_000 }.isEmpty)
        // Brokers that don't tell have Kafka's own default.
        #expect(
            findings {
                $0.settings = nil
                $0.largestBytes = 3_000_000
            }.map(\.id) == [.topicTooSmall])
    }

    @Test(
        "replicas, and how many must have an event before it is acknowledged",
        arguments: [
            (1, 3, "1", FindingID.topicReplication, Finding.Severity.warning), (1, 1, "1", .topicReplication, .note),
            (3, 3, "1", .topicDurability, .warning), (3, 3, "3", .topicDurability, .warning),
            (2, 3, "2", .topicDurability, .warning),
        ])
    func durability(
        replication: Int, brokers: Int, inSync: String, id: FindingID, severity: Finding.Severity
    ) {
        let found = findings(brokers: brokers) {
            $0.replication = replication
            $0.settings?["min.insync.replicas"] = inSync
        }
        #expect(found.map(\.id) == [id] && found.map(\.severity) == [severity])
    }

    @Test("topics that keep longer than the inbox remembers, or compact")
    func retention() {
        #expect(findings { $0.settings?["retention.ms"] = "-1" }.map(\.id) == [.topicRetention])
        #expect(findings { $0.settings?["retention.ms"] = "99999999999" }.map(\.id) == [.topicRetention])
        #expect(findings { $0.settings?["cleanup.policy"] = "compact,delete" }.map(\.id) == [.topicRetention])
    }

    @Test("partitions without leader, fewer than asked for, and different numbers of them")
    func partitions() {
        #expect(findings { $0.leaderless = 1 }.map(\.severity) == [.error])
        #expect(findings { $0.underReplicated = 1 }.map(\.severity) == [.warning])
        var wanting = configuration
        wanting.partitions = 12
        var topic = TopicFacts(aggregateType: "a", name: "a", exists: true)
        topic.partitions = 6
        #expect(topic.findings(wanting, brokers: 1).map(\.id) == [.topicPartitions])
        var other = topic
        other.partitions = 3
        #expect(TopicFacts.comparison([topic, other]).map(\.id) == [.topicPartitions])
        #expect(TopicFacts.comparison([topic, topic]).isEmpty)
    }
}
