import Foundation
import Testing

@testable import OutboxConsole

@Suite struct ConsumerMetricsTests {
    private func exposition(applied: Int, within10Milliseconds: Int, within1Second: Int) -> String {
        """
        # TYPE outbox_consume_cache_delay_seconds histogram
        outbox_consume_cache_delay_seconds_bucket{le="0.01"} \(within10Milliseconds)
        outbox_consume_cache_delay_seconds_bucket{le="1"} \(within1Second)
        outbox_consume_cache_delay_seconds_bucket{le="+Inf"} \(within1Second)
        outbox_consume_applied_delay_seconds_count \(applied)
        outbox_consume_applied_delay_seconds_bucket{le="1"} 99
        nonsense
        """
    }

    @Test("rate and delays are those between looks, of all consumers together")
    func between() throws {
        var watch = AppliedWatch()
        let start = ContinuousClock.now
        var first = ConsumerMetrics(exposition(applied: 100, within10Milliseconds: 50, within1Second: 60))
        first.add(ConsumerMetrics(exposition(applied: 10, within10Milliseconds: 1, within1Second: 1)))
        #expect(first.applied == 110)
        #expect(first.cacheDelay == [0.01: 51, 1: 61, .infinity: 61])
        watch.add(first, at: start)
        #expect(watch.rate == nil)
        #expect(watch.delay(at: .now) == nil)
        var second = ConsumerMetrics(exposition(applied: 150, within10Milliseconds: 150, within1Second: 160))
        second.add(ConsumerMetrics(exposition(applied: 10, within10Milliseconds: 1, within1Second: 1)))
        watch.add(second, at: start + .seconds(5))
        #expect(watch.rate == 10)
        let delay = try #require(watch.delay(at: .now))
        #expect(abs(delay.p50 - 0.005) < 1e-9)
        #expect(delay.p99 <= 0.01)
    }

    @Test("a consumer that has started anew makes no negative rates")
    func restart() {
        var watch = AppliedWatch()
        let start = ContinuousClock.now
        watch.add(ConsumerMetrics(exposition(applied: 100, within10Milliseconds: 50, within1Second: 60)), at: start)
        watch.add(
            ConsumerMetrics(exposition(applied: 5, within10Milliseconds: 5, within1Second: 5)), at: start + .seconds(5))
        #expect(watch.rate == nil)
        #expect(watch.delay(at: .now) == nil)
    }
}
