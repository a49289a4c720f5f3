import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka
import Servers
import Testing

@Suite("Events delivered again", .requiresBroker)
struct ConsumerDuplicatesTests {
    private let ids = (0...400).map { _ in UUID() }

    private func events(_ sequences: some Sequence<Int>, _ fixture: ConsumerFixture) -> [KafkaMessage] {
        sequences.map { fixture.event(Int64($0), of: "P\($0 % 3)", id: ids[$0]) }
    }

    /// Applies what has been published, with a consumer that goes away then.
    private func apply(
        _ fixture: ConsumerFixture, upTo offset: Int64, batchSize: Int = 1_000
    ) async throws {
        try await fixture.running(try fixture.consumer { $0.batchSize = batchSize }) {
            try await eventually(within: .seconds(60), "all \(offset) are read") {
                try await fixture.count("SELECT coalesce(sum(next_offset), 0)::bigint FROM outbox_consumer_offsets")
                    == offset
            }
        }
    }

    private func expectOnce(_ sequences: some Sequence<Int>, _ fixture: ConsumerFixture) async throws {
        let applied = try await fixture.applied()
        #expect(applied.sorted() == sequences.map(Int64.init).sorted())
        for aggregate in 0..<3 {
            let own = try await fixture.applied(to: "P\(aggregate)")
            #expect(own == own.sorted())
        }
    }

    @Test(
        "among new ones, also twice in one batch, they take effect once, and no batch counts as failed",
        arguments: [7, 1_000])
    func mixed(batchSize: Int) async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.publish(events(1...50, fixture))
            try await apply(fixture, upTo: 50, batchSize: batchSize)
            // New and old by turns, and each new one twice, at once or a little later.
            let mix = (51...100).flatMap { [$0, $0 - 50, $0] } + Array(90...110)
            try await fixture.publish(events(mix, fixture))
            try await apply(fixture, upTo: Int64(50 + mix.count), batchSize: batchSize)
            try await expectOnce(1...110, fixture)
            #expect(fixture.metric("outbox_consume_duplicates_total") == Double(mix.count - 60))
            #expect(fixture.metric(#"outbox_consume_applied_total{event_type="position.updated"}"#) == 110)
            for reason in ["event", "transient", "overtaken"] {
                #expect(fixture.metric(#"outbox_consume_retries_total{reason="\#(reason)"}"#) == 0)
            }
        }
    }

    @Test("all of them again, and nothing else happens; what is new behind them takes effect")
    func redelivery() async throws {
        try await ConsumerFixture.with { fixture in
            try await fixture.publish(events(1...300, fixture))
            try await apply(fixture, upTo: 300, batchSize: 10)
            let calls = fixture.projection.calls.count
            try await fixture.execute("UPDATE outbox_consumer_offsets SET next_offset = 0")
            try await apply(fixture, upTo: 300, batchSize: 10)
            #expect(fixture.projection.calls.count == calls)
            #expect(fixture.metric("outbox_consume_duplicates_total") == 300)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_inbox") == 300)

            try await fixture.execute("UPDATE outbox_consumer_offsets SET next_offset = 0")
            try await fixture.publish(events(301...400, fixture))
            try await apply(fixture, upTo: 400, batchSize: 10)
            try await expectOnce(1...400, fixture)
            #expect(fixture.metric("outbox_consume_duplicates_total") == 600)
            #expect(try await fixture.answer(for: "P1") == #"{"count":134,"last":400}"#)
            #expect(try await fixture.committedOffset() == 400)
        }
    }

    @Test("malformed and unknown records among them are treated as they were the first time")
    func malformed() async throws {
        try await ConsumerFixture.with { fixture in
            var messages = events(1...60, fixture)
            messages.insert(fixture.event(0, of: "P1", value: "no JSON"), at: 40)
            messages.insert(fixture.event(0, of: "P1", type: "position.unheard"), at: 30)
            messages.insert(
                KafkaMessage(topic: fixture.topic, key: nil, value: Array("{}".utf8), headers: []), at: 20)
            try await fixture.publish(messages)
            try await apply(fixture, upTo: 63, batchSize: 5)
            try await fixture.execute("UPDATE outbox_consumer_offsets SET next_offset = 0")
            try await apply(fixture, upTo: 63, batchSize: 5)
            try await expectOnce(1...60, fixture)
            #expect(fixture.metric("outbox_consume_duplicates_total") == 60)
            #expect(fixture.metric(#"outbox_consume_skipped_total{event_type="position.unheard"}"#) == 2)
            #expect(fixture.metric(#"outbox_consume_dead_letters_total{reason="malformed"}"#) == 4)
        }
    }

    @Test("those that wait for their aggregate's hold go on waiting, each once, and take effect in order")
    func held() async throws {
        try await ConsumerFixture.with { fixture in
            fixture.projection.poison(31)
            try await fixture.publish(events(1...90, fixture))
            // 31, 34, …, 88 of P1 wait.
            try await apply(fixture, upTo: 90, batchSize: 10)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_held_events") == 20)
            try await fixture.execute("UPDATE outbox_consumer_offsets SET next_offset = 0")
            try await apply(fixture, upTo: 90, batchSize: 10)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_consumer_held_events") == 20)
            fixture.projection.mend()
            try await fixture.execute(
                """
                WITH raised AS (UPDATE outbox_consumer_offsets SET holds_version = holds_version + 1)
                UPDATE outbox_consumer_holds SET attempts = 0, retry_at = now(), dead_at = NULL
                """)
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "all are applied") {
                    try await fixture.applied().count == 90
                }
            }
            try await expectOnce(1...90, fixture)
        }
    }
}
