import LibRDKafka
import OutboxDispatcher
import OutboxTelemetry
import Servers
import Testing

@Suite("Dispatcher: what its user may do", .serialized)
struct RefusedUserTests {
    @Test(
        "writing to one topic forbidden, writing forbidden at all, another password: all waits, unblamed, and goes on by itself",
        .requiresPrivateBroker)
    func refused() async throws {
        let users = KafkaUsers(["dispatcher": "right"])
        let broker = try await KafkaBroker.start(users: users)
        defer { broker.close() }
        let fixture = try await DispatcherFixture.make(["position", "job"], broker: broker)
        let all = [
            "--operation", "Write", "--operation", "Describe", "--topic", fixture.topic(""),
            "--resource-pattern-type", "prefixed",
        ]
        try await broker.changeAccess(["--add", "--allow-principal", "User:dispatcher"] + all)
        try await fixture.withDispatcher({
            $0.bootstrapServers = try broker.userBootstrapServers
            $0.kafkaProperties = users.clientProperties(of: "dispatcher")
        }) { dispatcher in
            try await fixture.insert(aggregates: 100, perAggregate: 5)
            try await fixture.waitUntilPublished("position", 500)

            let one = [
                "--deny-principal", "User:dispatcher", "--operation", "Write", "--topic", fixture.topic("position"),
            ]
            try await broker.changeAccess(["--add"] + one)
            try await fixture.insert(aggregates: 100, perAggregate: 5)
            try await eventually(within: .seconds(60), "the topic is on hold") { dispatcher.health.topicsOnHold == 1 }
            let free = ContinuousClock.now
            try await fixture.insert("job", aggregates: 100, perAggregate: 20)
            try await fixture.waitUntilPublished("job", 2000)
            print("beside a topic that may not be written: 2,000 events in \(ContinuousClock.now - free)")
            #expect(try await fixture.published("position") == 500)
            try await broker.changeAccess(["--remove"] + one)
            let allowed = ContinuousClock.now
            try await fixture.waitUntilPublished("position", 1000)
            print("allowed again: goes on after \(ContinuousClock.now - allowed)")

            try await broker.changeAccess(["--remove", "--allow-principal", "User:dispatcher"] + all)
            try await fixture.insert(aggregates: 100, perAggregate: 5)
            try await eventually(within: .seconds(90), "readiness is red, or all topics in use are on hold") {
                !dispatcher.health.isBrokerReachable || dispatcher.health.topicsOnHold > 0
            }
            try await broker.changeAccess(["--add", "--allow-principal", "User:dispatcher"] + all)
            let allowedAgain = ContinuousClock.now
            try await fixture.waitUntilPublished("position", 1500)
            print("a user who could write nothing may write again: goes on after \(ContinuousClock.now - allowedAgain)")

            try await broker.stop()
            try broker.setUsers(KafkaUsers(["dispatcher": "another"]))
            try await broker.start()
            try await fixture.insert(aggregates: 100, perAggregate: 5)
            try await eventually(within: .seconds(60), "readiness is red for the password's sake") {
                !dispatcher.health.isBrokerReachable
                    && fixture.log.records.contains { "\($0.metadata)".contains("uthentication") }
            }
            try await broker.stop()
            try broker.setUsers(users)
            try await broker.start()
            let right = ContinuousClock.now
            try await fixture.waitUntilPublished("position", 2000)
            print("the password is right again: goes on after \(ContinuousClock.now - right)")
            try await eventually(within: .seconds(60), "the dispatcher is ready") { dispatcher.health.isReady }
        }
        #expect(try await fixture.database.count("retry_count > 0") == 0)
        try await fixture.checkTopic()
        try await fixture.checkTopic("job")
        print("log lines of it all: \(fixture.log.records.count)")
        #expect(fixture.log.records.count < 40, "\(fixture.log.messages)")
    }
}
