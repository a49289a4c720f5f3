import FoundationEssentials
import LibRDKafka
import OutboxTelemetry

/// What the consumer shows of librdkafka's statistics; their names are those of librdkafka's STATISTICS.md.
struct ConsumerStatistics: Decodable, Equatable {
    struct Window: Decodable, Equatable {
        /// Microseconds.
        let p99: Int64
    }

    struct Broker: Decodable, Equatable {
        let nodeid: Int32
        let state: String
        let rtt: Window?
        let txerrs: Int64
        let rxerrs: Int64
        let req_timeouts: Int64
    }

    struct Group: Decodable, Equatable {
        let join_state: String
        let rebalance_cnt: Int64
    }

    let brokers: [String: Broker]
    let cgrp: Group?

    /// - Returns: `nil` when the text is not what is expected; statistics are never worth a failure.
    init?(_ statistics: KafkaStatistics) {
        guard let decoded = try? JSONDecoder().decode(ConsumerStatistics.self, from: Data(statistics.json)) else {
            return nil
        }
        self = decoded
    }

    /// The group has told this member what is its own, which may be nothing.
    var isMember: Bool { cgrp?.join_state == "steady" }

    func report(to metrics: ConsumeMetrics) {
        if let cgrp { metrics.rebalances.set(Double(cgrp.rebalance_cnt)) }
        // Only real brokers: names to begin with and logical ones (the coordinator) have no number.
        for broker in brokers.values where broker.nodeid >= 0 {
            let label = "\(broker.nodeid)"
            metrics.brokerUp.labels(label).set(broker.state == "UP" ? 1 : 0)
            metrics.brokerRoundTrip.labels(label).set(Double(broker.rtt?.p99 ?? 0) / 1_000_000)
            metrics.brokerErrors.labels(label).set(Double(broker.txerrs + broker.rxerrs + broker.req_timeouts))
        }
    }
}
