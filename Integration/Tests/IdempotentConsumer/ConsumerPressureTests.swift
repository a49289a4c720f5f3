import FoundationEssentials
import IdempotentConsumer
import LibPQ
import OutboxTelemetry
import QueryCache
import Servers
import Testing

@Suite("A consumer under pressure")
struct ConsumerPressureTests {
    @Test("a cache that fails keeps no event waiting; the outdated answer goes, and the new one comes later")
    func failingCache() async throws {
        try await ConsumerFixture.with { fixture in
            let cache = FailingCache(PostgresQueryCache(pool: fixture.pool))
            try await fixture.running(try fixture.consumer(cache: cache)) {
                try await fixture.publish([fixture.event(1, of: "P1")])
                try await eventually(within: .seconds(60), "the first answer is there") {
                    try await fixture.answer(for: "P1") == #"{"count":1,"last":1}"#
                }
                cache.setFailing(true)
                try await fixture.publish([fixture.event(2, of: "P1")])
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied() == [1, 2] }
                try await eventually(within: .seconds(60), "the outdated answer is gone") {
                    try await fixture.answer(for: "P1") == nil
                }
                cache.setFailing(false)
                try await eventually(within: .seconds(60), "the new answer is there") {
                    try await fixture.answer(for: "P1") == #"{"count":2,"last":2}"#
                }
            }
            #expect(fixture.metric("outbox_consume_refresh_failures_total") >= 1)
        }
    }

    @Test("a partition that can't get on is not read into memory without end, and goes on without a gap")
    func backPressure() async throws {
        try await ConsumerFixture.with(partitions: 2) { fixture in
            let total: Int64 = 24_000
            fixture.projection.setUnavailable(true)
            let consumer = try fixture.consumer {
                $0.bufferedBytes = 1 << 20
                $0.batchSize = 500
            }
            try await fixture.running(consumer) {
                for start in stride(from: Int64(1), through: total, by: 2_000) {
                    try await fixture.publish((start..<start + 2_000).map { fixture.event($0, of: "P\($0 % 20)") })
                }
                try await eventually(within: .seconds(60), "both wait") { consumer.health.stalledPartitions == 2 }
                try await eventually(within: .seconds(60), "both are paused") {
                    fixture.metric("outbox_consume_paused_partitions") == 2
                }
                fixture.projection.setUnavailable(false)
                try await eventually(within: .seconds(120), "all is applied") {
                    try await fixture.count("SELECT count(*) FROM ledger") >= total
                }
                try await eventually(within: .seconds(60), "none is paused any more") {
                    fixture.metric("outbox_consume_paused_partitions") == 0
                }
            }
            #expect(try await fixture.applied().sorted() == Array(1...total))
            for aggregate in 0..<20 {
                let sequences = try await fixture.applied(to: "P\(aggregate)")
                #expect(sequences == sequences.sorted())
            }
        }
    }

    @Test(
        "a batch that takes longer than the drain timeout is rolled back, and applied by the next run", .requiresBroker)
    func hangingBatch() async throws {
        try await ConsumerFixture.with { fixture in
            fixture.projection.setHanging(true)
            try await fixture.publish((1...3).map { fixture.event($0, of: "P1") })
            try await fixture.running(try fixture.consumer { $0.drainTimeout = .milliseconds(200) }) {
                try await eventually(within: .seconds(60), "it hangs") { !fixture.projection.calls.isEmpty }
            }
            #expect(try await fixture.applied().isEmpty)
            #expect(try await fixture.count("SELECT count(*) FROM outbox_inbox") == 0)
            fixture.projection.setHanging(false)
            try await fixture.running(try fixture.consumer()) {
                try await eventually(within: .seconds(60), "applied") { try await fixture.applied() == [1, 2, 3] }
            }
        }
    }
}
