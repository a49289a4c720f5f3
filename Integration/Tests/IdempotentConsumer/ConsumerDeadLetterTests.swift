import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka
import Servers
import Testing

@Suite("Events that can't be applied")
struct ConsumerDeadLetterTests {
    @Test("a poisoned event holds its own aggregate and no other, and is a dead letter in the end")
    func poison() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.broker.createTopic(fixture.topic + ".dlq")
            fixture.projection.poison(3)
            let events = (1...9).map { fixture.event($0, of: "P\($0 % 3)") }
            try await fixture.publish(events)
            let consumer = try fixture.consumer { $0.maximumAttempts = 3 }
            try await fixture.running(consumer) {
                // 3, 6 and 9 belong to P0.
                try await eventually(within: .seconds(60), "the others are applied") {
                    try await fixture.applied().sorted() == [1, 2, 4, 5, 7, 8]
                }
                let letters = try await fixture.records(of: fixture.topic + ".dlq", atLeast: 1)
                try #require(letters.count == 1)
                #expect(letters[0].key == Array("P0".utf8))
                #expect(letters[0].value == events[2].value)
                #expect(letters[0].headerText("sequence") == "3")
                #expect(letters[0].headerText("dead_letter_reason") == "failed")
                #expect(letters[0].headerText("dead_letter_error") == "poisoned")
                #expect(letters[0].headerText("dead_letter_attempts") == "3")
                #expect(letters[0].headerText("dead_letter_topic") == fixture.topic)
                #expect(letters[0].headerText("dead_letter_partition") == "0")
                #expect(letters[0].headerText("dead_letter_offset") == "2")
                #expect(letters[0].headerText("dead_letter_consumer") == "ledger-\(fixture.topic)")
                try await eventually(within: .seconds(60), "it is dead") {
                    try await fixture.count("SELECT count(*) FROM outbox_consumer_holds WHERE dead_at IS NOT NULL") == 1
                }
                // What comes later waits behind it, also when it comes twice.
                try await fixture.publish([events[5], fixture.event(12, of: "P0"), fixture.event(13, of: "P1")])
                try await eventually(within: .seconds(60), "others go on") { try await fixture.applied().contains(13) }
                #expect(try await fixture.applied(to: "P0").isEmpty)
                #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_held_events") == 4)
                try await eventually(within: .seconds(60), "it is ready") { consumer.health.isReady }

                // An operator mends the cause and lets it be tried again.
                fixture.projection.mend()
                try await fixture.execute(
                    """
                    WITH released AS (
                        UPDATE outbox_consumer_holds SET attempts = 0, retry_at = now(), dead_at = NULL)
                    UPDATE outbox_consumer_offsets SET holds_version = holds_version + 1
                    """)
                try await eventually(within: .seconds(60), "the chain is applied in order") {
                    try await fixture.applied(to: "P0") == [3, 6, 9, 12]
                }
                try await eventually(within: .seconds(60), "the cache follows") {
                    try await fixture.answer(for: "P0") == #"{"count":4,"last":12}"#
                }
            }
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_holds") == 0)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_held_events") == 0)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_inbox") == 11)
        }
    }

    @Test("an event that fails at first is applied by a later attempt, and what waited follows in order")
    func passingTrouble() async throws {
        try await ConsumerFixture.with { fixture in
            fixture.projection.poison(2)
            try await fixture.publish((1...4).map { fixture.event($0, of: "P1") })
            let consumer = try fixture.consumer { $0.maximumAttempts = 1_000 }
            try await fixture.running(consumer) {
                try await eventually(within: .seconds(60), "it has been tried more than once") {
                    try await fixture.count("SELECT coalesce(max(attempts), 0) FROM outbox_consumer_holds") >= 3
                }
                #expect(try await fixture.applied() == [1])
                fixture.projection.mend()
                try await eventually(within: .seconds(60), "all is applied") {
                    try await fixture.applied() == [1, 2, 3, 4]
                }
            }
            #expect(fixture.metric(#"outbox_consume_dead_letters_total{reason="failed"}"#) == 0)
        }
    }

    @Test("with the policy skip, the aggregate goes on without the dead letter, which never comes back")
    func skip() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.broker.createTopic(fixture.topic + ".dlq")
            fixture.projection.poison(2)
            let events = (1...4).map { fixture.event($0, of: "P1") }
            try await fixture.publish(events)
            let consumer = try fixture.consumer {
                $0.maximumAttempts = 2
                $0.deadLetterPolicy = .skip
            }
            try await fixture.running(consumer) {
                try await eventually(within: .seconds(60), "the others are applied") {
                    try await fixture.applied() == [1, 3, 4]
                }
                fixture.projection.mend()
                try await fixture.publish([events[1], fixture.event(5, of: "P1")])
                try await eventually(within: .seconds(60), "the next is applied") {
                    try await fixture.applied().contains(5)
                }
            }
            #expect(try await fixture.applied() == [1, 3, 4, 5])
            #expect(try await fixture.records(of: fixture.topic + ".dlq", atLeast: 1).count == 1)
        }
    }

    @Test("malformed records of every kind are dead letters, and nothing waits for them")
    func malformed() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.broker.createTopic(fixture.topic + ".dlq")
            func malformed(_ change: (inout KafkaMessage) -> Void) -> KafkaMessage {
                var message = fixture.event(0, of: "P1")
                change(&message)
                return message
            }
            let bad = [
                malformed { $0.headers = [] },
                malformed { $0.headers[0] = KafkaHeader("event_id", "not-a-uuid") },
                malformed { $0.headers[1] = KafkaHeader("event_type", [0xFF]) },
                malformed { $0.value = nil },
                malformed { $0.value = Array("{".utf8) },
                malformed { $0.value = Array("[]".utf8) },
                malformed { $0.value = [0xFF, 0x00] },
                malformed { $0.value = [] },
            ]
            for (index, message) in bad.enumerated() {
                try await fixture.publish([message, fixture.event(Int64(index + 1), of: "P1")])
            }
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "the good ones are applied") {
                    try await fixture.applied().count == bad.count
                }
                let letters = try await fixture.records(of: fixture.topic + ".dlq", atLeast: bad.count)
                #expect(letters.count == bad.count)
                #expect(letters.allSatisfy { $0.headerText("dead_letter_reason") == "malformed" })
                #expect(letters.map { $0.value } == bad.map(\.value))
                #expect(letters[1].headerText("event_id") == "not-a-uuid")
                #expect(Set(letters.compactMap { $0.headerText("dead_letter_error") }).count >= 5)
            }
            #expect(fixture.metric(#"outbox_consume_dead_letters_total{reason="malformed"}"#) == Double(bad.count))
        }
    }

    @Test("a missing dead-letter topic is created, with as many partitions as its source", .requiresBroker)
    func createsTopic() async throws {
        try await ConsumerFixture.with(partitions: 3) { fixture in
            try await fixture.publish([fixture.event(1, of: "P1", value: nil), fixture.event(2, of: "P1")])
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "the next is applied") { try await fixture.applied() == [2] }
            }
            let admin = try KafkaAdmin(bootstrapServers: fixture.broker.bootstrapServers)
            let metadata = try await admin.metadata(topics: [fixture.topic + ".dlq"])
            await admin.close()
            #expect(metadata.topics.first?.partitions.count == 3)
        }
    }

    @Test("where no dead letter can be written the partition waits, red, rather than lose it", .requiresBroker)
    func noTopic() async throws {
        try await ConsumerFixture.with { fixture in
            // No broker takes a topic of this name.
            let suffix = String(repeating: "x", count: 249)
            try await fixture.publish([fixture.event(1, of: "P1", value: nil), fixture.event(2, of: "P1")])
            let consumer = try fixture.consumer { $0.deadLetterSuffix = suffix }
            try await fixture.running(consumer) {
                try await eventually(within: .seconds(60), "it waits") {
                    consumer.health.stalledPartitions == 1 && consumer.health.lastStall?.contains("dead letter") == true
                }
                #expect(!consumer.health.isReady)
                #expect(try await fixture.applied().isEmpty)
            }
            try await fixture.broker.createTopic(fixture.topic + ".dlq")
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "the next is applied") { try await fixture.applied() == [2] }
            }
            #expect(try await fixture.records(of: fixture.topic + ".dlq", atLeast: 1).count == 1)
        }
    }
}
