import LibRDKafka
import OutboxDispatcher
import Servers
import Testing

@Suite("Dispatcher: topics that leave records unanswered", .serialized)
struct StuckTopicTests {
    @Test(
        "a topic with a partition without leader, and more events than may be in flight, holds up no other; all arrive once it has one"
    )
    func leaderless() async throws {
        let broker = try KafkaBroker.startMock(brokers: 2)
        let fixture = try await DispatcherFixture.make(["position", "stuck"], broker: broker)
        let mock = try #require(broker.mock)
        let partition = KafkaTopicPartition(fixture.topic("stuck"), 0)
        try await fixture.insert("stuck", aggregates: 600, perAggregate: 30)
        try await fixture.insert(aggregates: 100, perAggregate: 10)
        try mock.setLeader(of: partition, to: nil)
        try await fixture.withDispatcher { dispatcher in
            let start = ContinuousClock.now
            try await fixture.waitUntilPublished("position", 1000)
            print("a stuck topic is found, and the others go on, after \(ContinuousClock.now - start)")
            try await eventually(within: .seconds(60), "the topic is on hold") { dispatcher.health.topicsOnHold == 1 }
            let free = ContinuousClock.now
            for round in 1...10 {
                try await fixture.insert(aggregates: 100, perAggregate: 2)
                try await fixture.waitUntilPublished("position", 1000 + round * 200)
            }
            print("beside a stuck topic: 10 rounds of 200 events in \(ContinuousClock.now - free)")
            #expect(ContinuousClock.now - free < .seconds(30))
            #expect(try await fixture.database.count("aggregate_type = 'stuck' AND last_error LIKE '%leader%'") == 1)
            try mock.setLeader(of: partition, to: 1)
            let mended = ContinuousClock.now
            try await fixture.waitUntilPublished("stuck", 18_000)
            print("once it has leaders again: 18,000 events in \(ContinuousClock.now - mended)")
            try await eventually(within: .seconds(30), "nothing is on hold") { dispatcher.health.topicsOnHold == 0 }
        }
        #expect(try await fixture.database.count("retry_count > 0") == 0)
        #expect(try await fixture.checkTopic() == 0)
        #expect(try await fixture.checkTopic("stuck") == 0)
        #expect(fixture.log.count("a topic takes no events") == 1)
        #expect(fixture.log.count("a topic takes events again") == 1)
    }
}
