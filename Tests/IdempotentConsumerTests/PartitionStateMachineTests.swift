import Testing

@testable import IdempotentConsumer

@Suite("What happens next on a partition")
struct PartitionStateMachineTests {
    typealias Machine = PartitionStateMachine<String>

    private let start = ContinuousClock.now
    private var generator = SystemRandomNumberGenerator()

    private func machine(nextOffset: Int64 = 10) -> Machine {
        Machine(
            nextOffset: nextOffset, batchSize: 3, backoff: Backoff(base: .seconds(1), limit: .seconds(8)))
    }

    private func entries(_ offsets: some Sequence<Int64>) -> [Machine.Entry] {
        offsets.map { Machine.Entry(record: "\($0)", offset: $0, byteCount: 100) }
    }

    private func offsets(_ work: Machine.Work?) -> [Int64]? {
        if case .apply(let entries, _) = work { entries.map(\.offset) } else { nil }
    }

    private func isIsolating(_ work: Machine.Work?) -> Bool? {
        if case .apply(_, let isolating) = work { isolating } else { nil }
    }

    @Test("records are applied in batches, in order, one batch at a time")
    func batches() {
        var machine = machine()
        machine.receive(entries(10...14))
        #expect(machine.bufferedBytes == 500)
        #expect(offsets(machine.begin(at: start)) == [10, 11, 12])
        #expect(machine.begin(at: start) == nil)
        machine.finish(nextOffset: 13)
        #expect(machine.bufferedBytes == 200)
        #expect(offsets(machine.begin(at: start)) == [13, 14])
        machine.finish(nextOffset: 15)
        #expect(machine.bufferedRecords == 0)
        #expect(machine.nextOffset == 15)
        #expect(!machine.isReady(at: start))
    }

    @Test("records that are there already, or were applied before, are dropped")
    func repeated() {
        var machine = machine()
        machine.receive(entries([8, 9, 10, 11]))
        machine.receive(entries([11, 12]))
        #expect(machine.bufferedRecords == 3)
        #expect(offsets(machine.begin(at: start)) == [10, 11, 12])
    }

    @Test("gaps between offsets, as transactions leave them, don't matter")
    func gaps() {
        var machine = machine()
        machine.receive(entries([12, 20, 31]))
        #expect(offsets(machine.begin(at: start)) == [12, 20, 31])
        machine.finish(nextOffset: 32)
        #expect(machine.nextOffset == 32)
    }

    @Test("when another owner got further, its records are let go")
    func furtherElsewhere() {
        var machine = machine()
        machine.receive(entries(10...20))
        _ = machine.begin(at: start)
        machine.finish(nextOffset: 18)
        #expect(offsets(machine.begin(at: start)) == [18, 19, 20])
    }

    @Test("after an event failed, the same batch comes again at once, prepared for it")
    mutating func eventFailed() {
        var machine = machine()
        machine.receive(entries(10...14))
        #expect(isIsolating(machine.begin(at: start)) == false)
        machine.fail(.event, at: start, using: &generator)
        #expect(!machine.isStalled)
        let again = machine.begin(at: start)
        #expect(offsets(again) == [10, 11, 12])
        #expect(isIsolating(again) == true)
        machine.finish(nextOffset: 13)
        #expect(isIsolating(machine.begin(at: start)) == false)
    }

    @Test("transient trouble makes it wait, longer each time, without losing its place")
    mutating func transient() {
        var machine = machine()
        machine.receive(entries(10...11))
        var now = start
        for (failures, limit) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8)] {
            #expect(offsets(machine.begin(at: now)) == [10, 11])
            machine.fail(.transient, at: now, using: &generator)
            #expect(machine.transientFailures == failures)
            #expect(machine.isStalled)
            #expect(!machine.isReady(at: now + .seconds(limit) * 0.7))
            now += .seconds(limit)
            #expect(machine.isReady(at: now))
        }
        _ = machine.begin(at: now)
        machine.finish(nextOffset: 12)
        #expect(!machine.isStalled)
    }

    @Test("overtaken, it drops all it has and takes nothing until it knows where to go on")
    mutating func overtaken() {
        var machine = machine()
        machine.receive(entries(10...14))
        _ = machine.begin(at: start)
        machine.fail(.overtaken, at: start, using: &generator)
        #expect(machine.bufferedBytes == 0)
        #expect(machine.mustResolve(at: start))
        machine.receive(entries(15...16))
        #expect(machine.bufferedRecords == 0)
        #expect(machine.begin(at: start) == nil)
        machine.resolved(nextOffset: 5)
        #expect(!machine.mustResolve(at: start))
        machine.receive(entries(5...6))
        #expect(offsets(machine.begin(at: start)) == [5, 6])
    }

    @Test("aggregates on hold are tried when their time comes, before new records")
    func holds() {
        var machine = machine()
        machine.receive(entries(10...11))
        machine.scheduleHolds(at: start + .seconds(5))
        #expect(offsets(machine.begin(at: start)) == [10, 11])
        machine.finish(nextOffset: 12)
        #expect(!machine.isReady(at: start))
        machine.receive(entries([12]))
        guard case .retryHolds = machine.begin(at: start + .seconds(5)) else {
            Issue.record("holds are not tried")
            return
        }
        machine.scheduleHolds(at: nil)
        machine.finish(nextOffset: 12)
        #expect(offsets(machine.begin(at: start + .seconds(6))) == [12])
    }

    @Test("given up, it begins nothing and forgets what it has, while work in flight may end")
    func revoked() {
        var machine = machine()
        machine.receive(entries(10...14))
        _ = machine.begin(at: start)
        machine.revoke()
        #expect(machine.isWorking)
        machine.finish(nextOffset: 13)
        #expect(!machine.isWorking)
        #expect(machine.nextOffset == 13)
        machine.receive(entries([13]))
        #expect(!machine.isReady(at: start))
        #expect(machine.bufferedBytes == 0)
    }

    @Test("what is in flight ends first when the partition has to be looked up anew")
    func resolveWhileWorking() {
        var machine = machine()
        machine.receive(entries(10...11))
        _ = machine.begin(at: start)
        machine.requireResolve()
        #expect(!machine.mustResolve(at: start))
        machine.finish(nextOffset: 12)
        #expect(machine.mustResolve(at: start))
    }
}

@Suite("Backoff")
struct BackoffTests {
    @Test("doubles up to its limit, however often it failed")
    func doubling() {
        let backoff = Backoff(base: .seconds(5), limit: .seconds(300))
        #expect(
            [1, 2, 3, 6, 7, 8, 1_000_000].map { backoff.delay(afterFailures: $0) }
                == [5, 10, 20, 160, 300, 300, 300].map { .seconds($0) })
    }
}
