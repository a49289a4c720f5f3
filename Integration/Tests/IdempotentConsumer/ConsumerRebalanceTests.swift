import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka
import OutboxTelemetry
import Servers
import Synchronization
import Testing

@Suite("Rebalances")
struct ConsumerRebalanceTests {
    @Test(
        "consumers that come and go lose nothing, double nothing and keep each aggregate's order", .requiresBroker,
        arguments: [ConsumerConfiguration.Assignment.cooperativeSticky, .range])
    func comingAndGoing(assignment: ConsumerConfiguration.Assignment) async throws {
        try await ConsumerFixture.with(partitions: 6) { fixture in
            func consumer() throws -> IdempotentConsumer {
                try fixture.consumer(registry: MetricsRegistry()) {
                    $0.assignment = assignment
                    $0.batchSize = 40
                    $0.parallelism = 2
                    // Members hear of a rebalance with their next heartbeat.
                    $0.kafkaProperties = ["heartbeat.interval.ms": "200"]
                }
            }
            // Publishes all the while, not much faster than it is applied, so that every rebalance hits work in flight.
            let isOver = Atomic(false)
            let publishing = Task {
                var last: Int64 = 0
                while !isOver.load(ordering: .relaxed) {
                    try await fixture.publish((last + 1...last + 200).map { fixture.event($0, of: "P\($0 % 97)") })
                    last += 200
                    try await eventually(within: .seconds(120), "the consumers keep up") {
                        try await fixture.count("SELECT count(*) FROM ledger") >= last - 1_000
                    }
                }
                return last
            }
            let first = try consumer()
            try await fixture.running(first) {
                try await eventually(within: .seconds(120), "the first begins") { try await !fixture.applied().isEmpty }
                let second = try consumer()
                try await fixture.running(second) {
                    try await eventually(within: .seconds(120), "both have partitions") {
                        first.health.partitions > 0 && second.health.partitions > 0
                    }
                    let third = try consumer()
                    try await fixture.running(third) {
                        try await eventually(within: .seconds(120), "the third has partitions") {
                            third.health.partitions > 0
                        }
                    }
                }
                try await eventually(within: .seconds(120), "the first has all again") { first.health.partitions == 6 }
                isOver.store(true, ordering: .relaxed)
                let total = try await publishing.value
                try await eventually(within: .seconds(120), "all is applied") {
                    try await fixture.count("SELECT count(*) FROM ledger") >= total
                }
            }
            let total = try await publishing.value
            #expect(try await fixture.applied().sorted() == Array(1...total))
            for aggregate in 0..<97 {
                let sequences = try await fixture.applied(to: "P\(aggregate)")
                #expect(sequences == sequences.sorted())
            }
        }
    }
}
