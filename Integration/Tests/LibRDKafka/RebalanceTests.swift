import LibRDKafka
import Servers
import Testing

@Suite("Rebalance", .requiresBroker)
struct RebalanceTests {
    @Test(
        "partitions are shared out, taken back, and nothing is read twice or never",
        arguments: [KafkaAssignmentStrategy.cooperativeSticky, .range, .roundRobin])
    func shareAndReturn(_ strategy: KafkaAssignmentStrategy) async throws {
        let topic = try await KafkaTopicFixture(partitions: 4)
        try await topic.fill(40)
        let first = DrivenConsumer(try topic.consumer { $0.assignmentStrategy = strategy })
        try await first.consumer.subscribe([topic.name])
        try await eventually(within: .seconds(60), "the first consumer has read all") {
            try await first.step()
            return first.records.count == 40
        }
        #expect(first.held == Set(topic.partitions))

        let second = DrivenConsumer(try topic.consumer { $0.assignmentStrategy = strategy })
        try await second.consumer.subscribe([topic.name])
        try await eventually(within: .seconds(60), "the partitions are shared out") {
            try await first.step()
            try await second.step()
            return first.held.count == 2 && second.held.count == 2
        }
        #expect(first.held.isDisjoint(with: second.held))
        // Cooperative: only what moves is taken. Eager: everything, at every rebalance.
        let isCooperative = strategy == .cooperativeSticky
        #expect(first.revocations.first == (isCooperative ? 2 : 4))

        try await topic.fill(40)
        try await eventually(within: .seconds(60), "both have read the rest") {
            try await first.step()
            try await second.step()
            return first.records.count + second.records.count >= 80
        }
        #expect(Set(second.records.map(\.topicPartition)) == second.held)
        let all = (first.records + second.records).map { "\($0.topicPartition) \($0.offset)" }
        #expect(Set(all).count == 80)
        #expect(all.count == 80)

        try await second.consumer.commit(
            second.held.map { KafkaTopicPartitionOffset($0, .offset(20)) })
        await second.consumer.close()
        try await eventually(within: .seconds(60), "the first consumer has everything back") {
            try await first.step()
            return first.held.count == 4
        }
        #expect(first.records.count + second.records.count == 80)
        await first.consumer.close()
    }

    @Test(
        "a revocation waits for the answer",
        arguments: [KafkaAssignmentStrategy.cooperativeSticky, .range])
    func revocationWaits(_ strategy: KafkaAssignmentStrategy) async throws {
        let topic = try await KafkaTopicFixture(partitions: 2)
        try await topic.fill(2)
        let first = DrivenConsumer(try topic.consumer { $0.assignmentStrategy = strategy })
        first.holdsRevocations = true
        try await first.consumer.subscribe([topic.name])
        try await eventually(within: .seconds(60), "the first consumer has read all") {
            try await first.step()
            return first.records.count == 2
        }
        let second = DrivenConsumer(try topic.consumer { $0.assignmentStrategy = strategy })
        try await second.consumer.subscribe([topic.name])
        try await eventually(within: .seconds(60), "a revocation is asked for") {
            try await first.step()
            try await second.step()
            return first.openRevocation != nil
        }
        for _ in 0..<10 { try await second.step() }
        #expect(second.held.isEmpty)
        first.holdsRevocations = false
        try await first.completeRevocation()
        try await eventually(within: .seconds(60), "the second consumer has its share") {
            try await first.step()
            try await second.step()
            return second.held.count == 1 && first.held.count == 1
        }
        await first.consumer.close()
        await second.consumer.close()
    }

    @Test(
        "a consumer that closes with an open rebalance lets its partitions go at once",
        arguments: [KafkaAssignmentStrategy.cooperativeSticky, .range])
    func closeWithOpenRebalance(_ strategy: KafkaAssignmentStrategy) async throws {
        let topic = try await KafkaTopicFixture(partitions: 1)
        try await topic.fill(1)
        // Longer than this test waits: who takes over must not have waited for a session to run out.
        func consumer() throws -> KafkaConsumer {
            try topic.consumer {
                $0.assignmentStrategy = strategy
                $0.sessionTimeout = .seconds(240)
            }
        }
        let first = try consumer()
        try await first.subscribe([topic.name])
        try await eventually(within: .seconds(60), "the first consumer is given the partition") {
            try await first.poll(timeout: .seconds(1)).contains { if case .assigned = $0 { true } else { false } }
        }
        await first.close()
        let second = DrivenConsumer(try consumer())
        try await second.consumer.subscribe([topic.name])
        try await eventually(within: .seconds(60), "the second consumer has read all") {
            try await second.step()
            return second.records.count == 1
        }
        // And with an open revocation, in the middle of work:
        second.holdsRevocations = true
        let third = DrivenConsumer(try consumer())
        try await third.consumer.subscribe([topic.name])
        if strategy == .range {
            try await eventually(within: .seconds(60), "a revocation is asked for") {
                try await second.step()
                try await third.step()
                return second.openRevocation != nil
            }
        }
        await second.consumer.close()
        try await eventually(within: .seconds(60), "the third consumer has the partition") {
            try await third.step()
            return third.held.count == 1
        }
        await third.consumer.close()
    }

    @Test("a group goes on from what it has committed, found by a regular expression")
    func restart() async throws {
        let topic = try await KafkaTopicFixture(partitions: 2)
        try await topic.fill(20)
        let group = "group-\(topic.name)"
        let first = DrivenConsumer(try topic.consumer(group: group))
        try await first.consumer.subscribe(["^\(topic.name.dropLast(3)).*"])
        try await eventually(within: .seconds(60), "all is read") {
            try await first.step()
            return first.records.count == 20
        }
        try await first.consumer.commit([
            KafkaTopicPartitionOffset(topic.partitions[0], .offset(10)),
            KafkaTopicPartitionOffset(topic.partitions[1], .offset(7)),
        ])
        await first.consumer.close()

        let admin = try topic.admin()
        let committed = try await admin.committedOffsets(group: group, topic.partitions)
        #expect(committed == [topic.partitions[0]: 10, topic.partitions[1]: 7])
        await admin.close()

        let second = DrivenConsumer(try topic.consumer(group: group))
        try await second.consumer.subscribe([topic.name])
        try await eventually(within: .seconds(60), "the rest is read") {
            try await second.step()
            return second.records.count >= 3
        }
        #expect(second.records.map { "\($0.partition) \($0.offset)" } == ["1 7", "1 8", "1 9"])
        let position = try await second.consumer.position([topic.partitions[1]])
        #expect(position == [KafkaTopicPartitionOffset(topic.partitions[1], .offset(10))])
        let ends = try await second.consumer.watermarks(of: topic.partitions[1])
        #expect(ends == KafkaWatermarks(low: 0, high: 10))
        // A start of the caller's choice, on assignment.
        await second.consumer.close()
        let third = try topic.consumer(group: group)
        try await third.subscribe([topic.name])
        var offsets: [Int64] = []
        try await eventually(within: .seconds(60), "the chosen offsets are read") {
            for event in try await third.poll(timeout: .seconds(1)) {
                switch event {
                case .assigned(let partitions):
                    try await third.completeAssign(partitions.map { KafkaTopicPartitionOffset($0, .offset(9)) })
                case .messages(_, let records): offsets += records.map(\.offset)
                default: break
                }
            }
            return offsets.count == 2
        }
        #expect(offsets == [9, 9])
        await third.close()
    }
}
