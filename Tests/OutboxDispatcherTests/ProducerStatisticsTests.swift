import LibRDKafka
import OutboxTelemetry
import Testing

@testable import OutboxDispatcher

@Suite("The producer's statistics")
struct ProducerStatisticsTests {
    private func statistics(_ text: String) -> KafkaStatistics { KafkaStatistics(json: Array(text.utf8)) }

    @Test("each broker's state, round trip and errors become metrics; names without a number do not")
    func report() throws {
        let parsed = try #require(
            ProducerStatistics(
                statistics(
                    """
                    {"name": "p", "brokers": {
                        "b:1/bootstrap": {"nodeid": -1, "state": "UP", "rtt": {"p99": 1}, "txerrs": 0, "rxerrs": 0,
                            "req_timeouts": 0},
                        "b:1/7": {"nodeid": 7, "state": "UP", "rtt": {"avg": 5, "p99": 2500}, "txerrs": 1, "rxerrs": 2,
                            "req_timeouts": 4},
                        "b:2/8": {"nodeid": 8, "state": "DOWN", "txerrs": 0, "rxerrs": 0, "req_timeouts": 0}
                    }}
                    """)))
        let registry = MetricsRegistry()
        parsed.report(to: DispatchMetrics(prefix: "x", registry: registry))
        let lines = registry.exposition().split(separator: "\n")
        #expect(lines.contains(#"x_broker_up{broker="7"} 1"#))
        #expect(lines.contains(#"x_broker_up{broker="8"} 0"#))
        #expect(lines.contains(#"x_broker_round_trip_seconds{broker="7"} 0.0025"#))
        #expect(lines.contains(#"x_broker_errors{broker="7"} 7"#))
        #expect(!lines.contains { $0.contains(#"broker="-1""#) })
    }

    @Test("what is no statistics is passed over", arguments: ["", "{}", "[]", #"{"brokers": 5}"#])
    func broken(text: String) {
        #expect(ProducerStatistics(statistics(text)) == nil)
    }
}
