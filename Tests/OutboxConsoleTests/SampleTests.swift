import Foundation
import OutboxTelemetry
import Testing

@testable import OutboxConsole
@testable import OutboxDispatcher

@Suite struct SampleTests {
    @Test("rates and latencies are those since the sample before, and the ring stays bounded")
    func ring() throws {
        let registry = MetricsRegistry()
        let delay = registry.histogram("delay", help: "", buckets: HistogramBuckets([1, 2, 3]))
        var ring = SampleRing()
        let start = ContinuousClock.now
        for step in 0..<1_000 {
            if step == 1 { for _ in 0..<10 { delay.observe(1.5) } }
            let figures = DispatcherFigures(
                published: Double(step) * 50, claimed: 0, failures: 0, backlog: Double(step), oldestAgeSeconds: 0,
                heldAggregates: 0, parked: 0, producerQueue: 0, delay: delay.snapshot)
            ring.add(Reading(at: start + .seconds(5) * step, figures: figures), at: Date(timeIntervalSince1970: 1))
            if step == 1 {
                #expect(ring.samples.last?.rate == 10)
                #expect(ring.samples.last?.p50 == 1.5)
            }
        }
        #expect(ring.samples.count == SampleRing.capacity)
        #expect(ring.samples.last?.p50 == nil)
        #expect(try ConsoleJSON.text(ring.samples.last) == "[1000,10,999,null,null]")
    }

    @Test("of a histogram, what was observed since an earlier look can be told")
    func since() {
        let histogram = MetricsRegistry().histogram("h", help: "", buckets: HistogramBuckets([1, 2]))
        histogram.observe(0.5)
        let first = histogram.snapshot
        histogram.observe(1.5)
        #expect(histogram.snapshot.since(first).cumulativeCounts == [0, 1, 1])
        #expect(histogram.snapshot.since(first).sum == 1.5)
    }

    @Test("the page is small, asks for nothing from elsewhere, and puts nothing in as markup")
    func page() {
        let page = [ConsolePage.index] + (ConsolePage.styles + ConsolePage.scripts).map(\.1)
        #expect(page.reduce(0) { $0 + $1.count } < 60_000)
        let named = page.flatMap { bytes in
            String(decoding: bytes, as: UTF8.self).matches(of: /(?:="\/console\/|from "\.\/)([a-z.]+)"/).map {
                String($0.output.1)
            }
        }
        #expect(Set(named) == Set((ConsolePage.styles + ConsolePage.scripts).map(\.0)))
        let text = page.map { String(decoding: $0, as: UTF8.self) }.joined()
        for forbidden in [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://", "style=",
        ] {
            #expect(!text.contains(forbidden), "\(forbidden)")
        }
    }
}
