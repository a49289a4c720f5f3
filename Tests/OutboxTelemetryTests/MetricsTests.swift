import OutboxTelemetry
import Testing

@Suite struct MetricsTests {
    private let registry = MetricsRegistry()

    @Test("The exposition is what Prometheus's format says")
    func exposition() {
        registry.counter("b_total", help: "Back\\slash\nand line.", labelNames: ["x"]).labels("q\"\\\n\u{0}é")
            .increment(by: 3)
        registry.gauge("a_bytes", help: "Bytes.").set(1.5)
        let histogram = registry.histogram("c_seconds", help: "Time.", labelNames: ["k"], buckets: .init([1, 0.1]))
        histogram.labels("v").observe(0.1)
        histogram.labels("v").observe(.milliseconds(500))
        histogram.labels("v").observe(7)
        let expected = #"""
            # HELP a_bytes Bytes.
            # TYPE a_bytes gauge
            a_bytes 1.5
            # HELP b_total Back\\slash\nand line.
            # TYPE b_total counter
            b_total{x="q\"\\\n�é"} 3
            # HELP c_seconds Time.
            # TYPE c_seconds histogram
            c_seconds_bucket{k="v",le="0.1"} 1
            c_seconds_bucket{k="v",le="1"} 2
            c_seconds_bucket{k="v",le="+Inf"} 3
            c_seconds_sum{k="v"} 7.6
            c_seconds_count{k="v"} 3

            """#
        #expect(registry.exposition() == expected)
    }

    @Test("Numbers are written as Prometheus reads them")
    func numbers() {
        for (value, text) in [
            (0, "0"), (-0.0, "0"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300"),
            (0.001, "0.001"), (1e15, "1000000000000000"),
        ] {
            registry.gauge("a", help: "A.").set(value)
            #expect(registry.exposition().contains("\na \(text)\n"), "\(value)")
        }
    }

    @Test("A counter counts every increment of many tasks, whole and fractional, and never falls")
    func counter() async {
        let counter = registry.counter("a_total", help: "A.")
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        counter.increment(by: 0.5)
                    }
                }
            }
        }
        counter.increment(by: -5)
        counter.increment(by: -0.5)
        counter.increment(by: Double.nan)
        counter.increment(by: Double.infinity)
        #expect(counter.value == 12_000)
    }

    @Test("A gauge rises and falls under many tasks")
    func gauge() async {
        let gauge = registry.gauge("a", help: "A.")
        gauge.set(10)
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<1_000 { gauge.increment(by: 2) } }
                group.addTask { for _ in 0..<1_000 { gauge.decrement() } }
            }
        }
        #expect(gauge.value == 4_010)
    }

    @Test("A histogram's bounds belong to their bucket, and quantiles lie within it")
    func histogram() async {
        let histogram = registry.histogram("a_seconds", help: "A.", buckets: .init([1, 2, 4, 2, .infinity, .nan]))
        #expect(histogram.bounds == [1, 2, 4])
        #expect(histogram.snapshot.quantile(0.5) == nil)
        for value in [0.5, 1, 1.5, 2, 3, 4, 5, .nan] { histogram.observe(value) }
        let snapshot = histogram.snapshot
        #expect(snapshot.cumulativeCounts == [2, 4, 6, 7])
        #expect(snapshot.sum == 17)
        #expect(snapshot.count == 7)
        #expect(snapshot.quantile(2.0 / 7) == 1)
        #expect(snapshot.quantile(3.0 / 7) == 1.5)
        #expect(snapshot.quantile(1) == 4)
        #expect(await histogram.time { 5 } == 5)
        #expect(histogram.snapshot.count == 8)
    }

    @Test("Buckets grow by their factor")
    func buckets() {
        #expect(HistogramBuckets.exponential(start: 1, factor: 2, count: 4).bounds == [1, 2, 4, 8])
        #expect(HistogramBuckets.exponential(start: 1, factor: 2, count: -1).bounds.isEmpty)
    }

    @Test("Beyond the cap new label values become other; known ones and bounded labels keep theirs")
    func cap() {
        let family = registry.counter(
            "a_total", help: "A.", labelNames: ["result", "event_type"], overflowing: ["event_type"], maximumSeries: 2)
        family.labels("success", "one").increment()
        family.labels("error", "two").increment()
        for index in 0..<100 { family.labels("success", "hostile-\(index)").increment() }
        family.labels("error", "late").increment()
        family.labels("success", "one").increment()
        let text = registry.exposition()
        #expect(text.contains(#"a_total{result="success",event_type="one"} 2"#))
        #expect(text.contains(#"a_total{result="error",event_type="two"} 1"#))
        #expect(text.contains(#"a_total{result="success",event_type="other"} 100"#))
        #expect(text.contains(#"a_total{result="error",event_type="other"} 1"#))
        #expect(!text.contains("hostile"))
    }

    @Test("A label that was said to be bounded but isn't gives way too")
    func capOfBounded() {
        let family = registry.gauge("a", help: "A.", labelNames: ["x"], overflowing: [], maximumSeries: 3)
        for index in 0..<1_000 { family.labels("v\(index)").set(1) }
        #expect(registry.exposition().split(separator: "\n").count <= 2 + 7)
    }

    @Test("Too few, too many and very long label values harm nobody")
    func labelValues() {
        let family = registry.counter("a_total", help: "A.", labelNames: ["x", "y"])
        family.labels("1").increment()
        family.labels("1", "2", "3").increment()
        family.labels(String(repeating: "岗", count: 10_000), "").increment()
        let text = registry.exposition()
        #expect(text.contains(#"a_total{x="1",y=""} 1"#))
        #expect(text.contains(#"a_total{x="1",y="2"} 1"#))
        #expect(text.utf8.count < 1_000)
    }

    @Test("A metric that exists is given again, with its value")
    func same() {
        registry.counter("a_total", help: "A.").increment()
        #expect(registry.counter("a_total", help: "A.") === registry.counter("a_total", help: "A."))
        #expect(registry.counter("a_total", help: "A.").value == 1)
    }

    @Test("Another kind of metric under a name that is taken works but is not shown")
    func conflict() {
        registry.counter("a_total", help: "A.").increment()
        registry.gauge("a_total", help: "A.").set(99)
        registry.counter("a_total", help: "A.", labelNames: ["x"]).labels("y").increment()
        registry.gauge("a_total", help: "A.") { 98 }
        #expect(registry.exposition() == "# HELP a_total A.\n# TYPE a_total counter\na_total 1\n")
    }

    @Test("Callbacks are asked at each reading, may use the registry, may be silent and may be replaced")
    func callbacks() {
        let source = registry.gauge("source", help: "S.")
        registry.gauge("a", help: "A.") { [registry] in
            registry.counter("made_total", help: "M.").increment()
            return source.value
        }
        source.set(5)
        #expect(registry.exposition().contains("\na 5\n"))
        source.set(6)
        #expect(registry.exposition().contains("\na 6\n"))
        registry.gauge("a", help: "A.") { nil }
        #expect(!registry.exposition().contains("# HELP a "))
        registry.counter("lag_total", help: "L.", labelNames: ["topic", "partition"]) {
            [MetricSample(labels: ["t", "0"], value: 3), MetricSample(labels: ["t"], value: 4)]
        }
        #expect(registry.exposition().contains(#"lag_total{topic="t",partition="0"} 3"#))
        #expect(registry.exposition().contains(#"lag_total{topic="t",partition=""} 4"#))
    }

    @Test("What is removed is no longer shown, and who holds it may go on")
    func removal() {
        let family = registry.gauge("a", help: "A.", labelNames: ["x"])
        let one = family.labels("1")
        family.labels("2").set(2)
        family.remove("1")
        one.set(1)
        #expect(!registry.exposition().contains(#"x="1""#))
        #expect(registry.exposition().contains(#"x="2""#))
        family.removeAll()
        #expect(registry.exposition().isEmpty)
        registry.gauge("b", help: "B.").set(1)
        registry.remove("b")
        #expect(registry.exposition().isEmpty)
    }

    @Test("Names that Prometheus would refuse are repaired")
    func names() {
        registry.gauge("1 bad-name\n", help: "B.", labelNames: ["a b"]).labels("x").set(1)
        #expect(registry.exposition().contains(#"_1_bad_name_{a_b="x"} 1"#))
        #expect(MetricName.isValid("outbox_dispatch"))
        for name in ["", "1a", "a-b", "a:b", "é", String(repeating: "a", count: 201)] {
            #expect(!MetricName.isValid(name), "\(name)")
        }
    }

    #if os(Linux)
        @Test("The process's own metrics are plausible")
        func process() throws {
            registry.addProcessMetrics()
            var values: [Substring: Double] = [:]
            for line in registry.exposition().split(separator: "\n") where !line.hasPrefix("#") {
                let parts = line.split(separator: " ")
                let value: Double = try #require(Double(parts[1]))
                values[parts[0]] = value
            }
            #expect(values.count == 6)
            #expect(try #require(values["process_cpu_seconds_total"]) > 0)
            #expect(try #require(values["process_resident_memory_bytes"]) > 1_000_000)
            #expect(
                try #require(values["process_virtual_memory_bytes"])
                    > #require(values["process_resident_memory_bytes"]))
            #expect(try #require(values["process_open_fds"]) >= 3)
            #expect(try #require(values["process_max_fds"]) > #require(values["process_open_fds"]))
            let start = try #require(values["process_start_time_seconds"])
            let now = Double(LogTime.now.secondsSinceEpoch)
            #expect(start > now - 86_400)
            #expect(start <= now + 1)
        }
    #endif
}
