import Testing

@testable import OutboxDispatcher

@Suite("The lanes' state machine")
struct LaneStateMachineTests {
    private static let settings = LaneStateMachine.Settings(
        batchSize: 10, rowsPerClaim: 40, maximumRowsInFlight: 100, maximumBytesInFlight: 1000, interval: .seconds(5),
        probeInterval: .milliseconds(20), shortestPause: .milliseconds(2))

    private func machine(lanes: Int = 8, leased: Bool = true) -> LaneStateMachine {
        var machine = LaneStateMachine(lanes: lanes, settings: Self.settings)
        if leased { machine.leased(epochs(0..<lanes), until: .seconds(1_000_000)) }
        return machine
    }

    private func epochs(_ lanes: Range<Int>, _ epoch: Int64 = 1) -> [Int: Int64] {
        Dictionary(uniqueKeysWithValues: lanes.map { ($0, epoch) })
    }

    private func claimed(_ lanes: [Int], rows: Int, epoch: Int64 = 1, isFull: Bool = false)
        -> [LaneStateMachine.ClaimedLane]
    {
        lanes.map { .init(lane: $0, epoch: epoch, rows: rows, bytes: rows, isFull: isFull) }
    }

    private func outcome(_ lane: Int, epoch: Int64 = 1, settled: Int = 1) -> LaneOutcome {
        LaneOutcome(
            lane: lane, epoch: epoch,
            settled: (0..<settled).map { SettledEvent(sequence: Int64($0), aggregateHash: $0) })
    }

    @Test("without a lease nothing is claimed")
    func noLease() {
        var machine = machine(leased: false)
        guard case .wait = machine.next(now: .seconds(1)) else {
            Issue.record("it did something")
            return
        }
    }

    @Test("with a lease all lanes are claimed at once, with a share of the rows for each")
    func firstClaim() {
        var machine = machine()
        #expect(machine.next(now: .zero) == .claim(lanes: Array(0..<8), limit: 5))
    }

    @Test("a lane has at most one batch in flight, until it is settled")
    func oneBatchInFlight() {
        var machine = machine(lanes: 2)
        #expect(machine.next(now: .zero) == .claim(lanes: [0, 1], limit: 10))
        let toPublish = machine.claimed(claimed([0], rows: 10, isFull: true) + claimed([1], rows: 0), now: .zero)
        #expect(toPublish.map(\.lane) == [0])
        // Lane 0 is publishing: only lane 1 may be claimed.
        #expect(machine.next(now: .milliseconds(10)) == .claim(lanes: [1], limit: 10))
        _ = machine.claimed(claimed([1], rows: 0), now: .milliseconds(10))
        machine.published(outcome(0), now: .milliseconds(11))
        #expect(machine.next(now: .milliseconds(11)) == .settle)
        #expect(machine.takeOutcomes().map(\.lane) == [0])
        #expect(machine.lanes[0].phase == .settling)
        machine.settled(lanes: [0], now: .milliseconds(11))
        // There was more in lane 0, so it is claimed at once.
        #expect(machine.next(now: .milliseconds(11)) == .claim(lanes: [0], limit: 10))
    }

    @Test("lanes with a backlog don't starve the others")
    func noStarvation() {
        var machine = machine(lanes: 8)
        _ = machine.next(now: .zero)
        _ = machine.claimed(
            claimed(Array(0..<6), rows: 5, isFull: true) + claimed([6, 7], rows: 0), now: .zero)
        for lane in 0..<6 { machine.published(outcome(lane), now: .milliseconds(1)) }
        _ = machine.next(now: .milliseconds(1))
        _ = machine.takeOutcomes()
        machine.settled(lanes: Array(0..<6), now: .milliseconds(1))
        // Six hot lanes are idle, and so are the two cold ones; their turn is due after the shortest pause.
        #expect(machine.next(now: .milliseconds(1)) == .claim(lanes: [0, 1, 2, 3], limit: 10))
        _ = machine.claimed(claimed([0, 1, 2, 3], rows: 10, isFull: true), now: .milliseconds(2))
        #expect(machine.next(now: .milliseconds(3)) == .claim(lanes: [6, 7], limit: 10))
    }

    @Test("no claim begins while enough rows or bytes are in flight", arguments: [(100, 1), (1, 1000)])
    func bounded(rows: Int, bytes: Int) {
        var machine = machine(lanes: 2)
        _ = machine.next(now: .zero)
        _ = machine.claimed(
            [
                .init(lane: 0, epoch: 1, rows: rows, bytes: bytes, isFull: true),
                .init(lane: 1, epoch: 1, rows: 0, bytes: 0, isFull: false),
            ], now: .zero)
        guard case .wait = machine.next(now: .seconds(10)) else {
            Issue.record("it claimed more")
            return
        }
        machine.published(outcome(0), now: .seconds(10))
        #expect(machine.next(now: .seconds(10)) == .settle)
        _ = machine.takeOutcomes()
        machine.settled(lanes: [0], now: .seconds(10))
        #expect(machine.rowsInFlight == 0)
        #expect(machine.bytesInFlight == 0)
    }

    @Test("what was claimed under an older lease is forgotten")
    func staleClaim() {
        var machine = machine(lanes: 1)
        _ = machine.next(now: .zero)
        machine.leased([0: 2], until: .seconds(1000))
        #expect(machine.claimed(claimed([0], rows: 5, epoch: 1), now: .zero).isEmpty)
        #expect(machine.lanes[0].phase == .idle)
    }

    @Test("what was published under an older lease is not settled")
    func staleOutcome() {
        var machine = machine(lanes: 1)
        _ = machine.next(now: .zero)
        _ = machine.claimed(claimed([0], rows: 5), now: .zero)
        machine.leaseLost()
        #expect(machine.ownedLanes == 0)
        machine.leased([0: 2], until: .seconds(1000))
        #expect(machine.lanes[0].phase == .publishing)
        machine.published(outcome(0, epoch: 1), now: .seconds(1))
        #expect(machine.outcomes.isEmpty)
        #expect(machine.lanes[0].phase == .idle)
        #expect(machine.next(now: .seconds(1)) == .claim(lanes: [0], limit: 10))
    }

    @Test("nothing is claimed once the lease has run out")
    func leaseEnds() {
        var machine = machine(lanes: 1)
        machine.leased([0: 1], until: .seconds(10))
        guard case .wait = machine.next(now: .seconds(10)) else {
            Issue.record("it claimed without a lease")
            return
        }
    }

    @Test("an idle dispatcher probes, and claims when the sequence moved")
    func probing() {
        var machine = machine(lanes: 1)
        _ = machine.next(now: .seconds(100))
        _ = machine.claimed(claimed([0], rows: 0), now: .seconds(100))
        // Nothing was seen for 100 s: the next sweep is 5 s away, so a probe is due first.
        #expect(machine.next(now: .seconds(100)) == .probe)
        machine.probed(moved: false, now: .milliseconds(100_001))
        #expect(machine.next(now: .milliseconds(100_001)) == .wait(until: .milliseconds(100_021)))
        #expect(machine.next(now: .milliseconds(100_021)) == .probe)
        machine.probed(moved: true, now: .milliseconds(100_022))
        #expect(machine.next(now: .milliseconds(100_022)) == .claim(lanes: [0], limit: 10))
        _ = machine.claimed(claimed([0], rows: 0), now: .milliseconds(100_023))
        // The sequence moves before the commit: it looks again soon, and then less and less often.
        #expect(machine.next(now: .milliseconds(100_025)) == .claim(lanes: [0], limit: 10))
    }

    @Test("a full claim comes at least once per interval, whatever the probe says")
    func interval() {
        var machine = machine(lanes: 1)
        var now = Duration.seconds(1000)
        _ = machine.next(now: now)
        _ = machine.claimed(claimed([0], rows: 0), now: now)
        var lastClaim = now
        while now < .seconds(1020) {
            switch machine.next(now: now) {
            case .probe: machine.probed(moved: false, now: now)
            case .claim(let lanes, _):
                #expect(now - lastClaim <= .seconds(5))
                lastClaim = now
                _ = machine.claimed(claimed(lanes, rows: 0), now: now)
            case .wait(let until): now = until
            case .settle, .release, .stop: Issue.record("nothing to settle, to release or to stop for")
            }
        }
        #expect(lastClaim > .seconds(1014))
    }

    @Test("a drain finishes what is in flight and stops")
    func drain() {
        var machine = machine(lanes: 2)
        _ = machine.next(now: .zero)
        _ = machine.claimed(claimed([0, 1], rows: 3), now: .zero)
        machine.drain()
        guard case .wait = machine.next(now: .seconds(1)) else {
            Issue.record("it did not wait for what is in flight")
            return
        }
        machine.published(outcome(0), now: .seconds(1))
        machine.published(LaneOutcome(lane: 1, epoch: 1, isUnfinished: true), now: .seconds(1))
        #expect(machine.next(now: .seconds(1)) == .settle)
        _ = machine.takeOutcomes()
        machine.settled(lanes: [0], now: .seconds(1))
        #expect(machine.next(now: .seconds(1)) == .stop)
    }

    @Test("outcomes that the database did not take are settled later, not lost")
    func settleFails() {
        var machine = machine(lanes: 1)
        _ = machine.next(now: .zero)
        _ = machine.claimed(claimed([0], rows: 3), now: .zero)
        machine.published(outcome(0), now: .zero)
        _ = machine.next(now: .zero)
        let outcomes = machine.takeOutcomes()
        machine.settleFailed(outcomes, now: .zero, retryAfter: .seconds(1))
        guard case .wait = machine.next(now: .milliseconds(500)) else {
            Issue.record("it did not wait before trying again")
            return
        }
        #expect(machine.next(now: .seconds(1)) == .settle)
        #expect(machine.takeOutcomes() == outcomes)
    }

    @Test("what a lane did not wait for is settled when it comes, and leaves the lane's present batch alone")
    func late() {
        var machine = machine(lanes: 1)
        _ = machine.next(now: .zero)
        _ = machine.claimed(claimed([0], rows: 3), now: .zero)
        machine.published(outcome(0, settled: 2), now: .zero)
        _ = machine.next(now: .zero)
        _ = machine.takeOutcomes()
        machine.settled(lanes: [0], now: .zero)
        _ = machine.next(now: .seconds(1))
        _ = machine.claimed(claimed([0], rows: 5), now: .seconds(1))
        var late = outcome(0)
        late.lateType = "position"
        let isToSettle = machine.late(late)
        #expect(isToSettle)
        #expect(machine.next(now: .seconds(1)) == .settle)
        #expect(machine.takeOutcomes() == [late])
        let forgotten = machine.settleFailed([late], now: .seconds(1), retryAfter: .seconds(1))
        #expect(forgotten.isEmpty)
        #expect(machine.next(now: .seconds(2)) == .settle)
        #expect(machine.takeOutcomes() == [late])
        machine.settled(lanes: [], now: .seconds(2))
        #expect(machine.lanes[0].phase == .publishing)
        #expect(machine.rowsInFlight == 5)
        // Under another lease it is not ours to settle.
        machine.leased([0: 2], until: .seconds(1000))
        let isOurs = machine.late(late)
        #expect(!isOurs)
    }

    @Test("a lane with a suspect is sent one by one until it is through")
    func suspects() {
        var machine = machine(lanes: 1)
        _ = machine.next(now: .zero)
        #expect(machine.claimed(claimed([0], rows: 3), now: .zero).map(\.isCautious) == [false])
        machine.published(LaneOutcome(lane: 0, epoch: 1, hasSuspects: true, isUnfinished: true), now: .zero)
        _ = machine.next(now: .zero)
        #expect(machine.claimed(claimed([0], rows: 3), now: .zero).map(\.isCautious) == [true])
        // The producer was replaced for another lane's sake, and the suspect not sent.
        machine.published(LaneOutcome(lane: 0, epoch: 1, isUnfinished: true), now: .zero)
        _ = machine.next(now: .zero)
        #expect(machine.claimed(claimed([0], rows: 3), now: .zero).map(\.isCautious) == [true])
        machine.published(outcome(0, settled: 3), now: .zero)
        _ = machine.next(now: .zero)
        _ = machine.takeOutcomes()
        machine.settled(lanes: [0], now: .zero)
        _ = machine.next(now: .seconds(1))
        #expect(machine.claimed(claimed([0], rows: 3), now: .seconds(1)).map(\.isCautious) == [false])
    }
}
