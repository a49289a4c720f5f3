import Testing

@testable import OutboxDispatcher

@Suite("The partitions that know a producer")
struct KnownPartitionsTests {
    private let partitions = KnownPartitions()
    private let start = ContinuousClock.now

    private func open(_ partition: Int32, topic: String = "a", after time: Duration = .zero)
        -> KnownPartitions.Admission
    {
        partitions.open(topic, partition, now: start + time)
    }

    private func finished(_ opened: Set<Int32>, acknowledged: Set<Int32>, after time: Duration = .zero) {
        partitions.finished("a", opened: opened, acknowledged: acknowledged, now: start + time)
    }

    @Test("one record opens a partition; all others wait until it is acknowledged")
    func opening() {
        #expect(open(0) == .opens)
        #expect(open(0) == .busy)
        #expect(open(1) == .opens)
        #expect(open(0, topic: "b") == .opens)
        finished([0], acknowledged: [0])
        #expect(open(0) == .known)
        #expect(open(1) == .busy)
        #expect(partitions.count("a", now: start) == 1)
        #expect(partitions.count("b", now: start) == 0)
    }

    @Test("a record that was not acknowledged leaves its partition to the next")
    func failed() {
        #expect(open(0) == .opens)
        finished([0], acknowledged: [])
        #expect(open(0) == .opens)
        #expect(open(0) == .busy)
    }

    @Test("what is known is forgotten in time, and when the topic may have been made anew")
    func forgetting() {
        finished([], acknowledged: [0, 1, 2, 3])
        #expect(open(3, after: .seconds(599)) == .known)
        #expect(partitions.count("a", now: start + .seconds(600)) == 0)
        #expect(open(3, after: .seconds(600)) == .opens)
        #expect(open(2, after: .seconds(601)) == .opens)
        finished([3], acknowledged: [3], after: .seconds(602))
        #expect(open(3, after: .seconds(603)) == .known)
        #expect(open(2, after: .seconds(603)) == .busy)
        partitions.forget("a")
        #expect(open(3, after: .seconds(604)) == .opens)
    }

    @Test("who waits is woken by the next change, and not kept when it has been already")
    func waiting() async {
        #expect(open(0) == .opens)
        let seen = partitions.changes
        await withTaskGroup { group in
            for _ in 0..<3 { group.addTask { await partitions.change(after: seen) } }
            group.addTask { finished([0], acknowledged: [0]) }
        }
        await partitions.change(after: seen)
        #expect(partitions.changes > seen)
    }
}
