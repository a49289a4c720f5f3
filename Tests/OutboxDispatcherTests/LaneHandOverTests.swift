import Testing

@testable import OutboxDispatcher

@Suite("Handing lanes over")
struct LaneHandOverTests {
    private let forever = Duration.seconds(1_000_000)

    private func machine(lanes: Int) -> LaneStateMachine {
        var machine = LaneStateMachine(lanes: lanes)
        machine.leased(epochs(lanes), until: forever)
        return machine
    }

    private func epochs(_ lanes: Int, _ epoch: Int64 = 1) -> [Int: Int64] {
        Dictionary(uniqueKeysWithValues: (0..<lanes).map { ($0, epoch) })
    }

    private func claimed(_ lane: Int, rows: Int, epoch: Int64 = 1) -> LaneStateMachine.ClaimedLane {
        .init(lane: lane, epoch: epoch, rows: rows, bytes: rows, isFull: false)
    }

    private func settledOutcome(_ lane: Int) -> LaneOutcome {
        LaneOutcome(lane: lane, epoch: 1, settled: [SettledEvent(sequence: 1, aggregateHash: 1)])
    }

    @Test("idle lanes go first and at once; nothing more of them is claimed")
    func idleFirst() {
        var machine = machine(lanes: 4)
        #expect(machine.next(now: .zero) == .claim(lanes: [0, 1, 2, 3], limit: 500))
        _ = machine.claimed([claimed(0, rows: 5)] + (1..<4).map { claimed($0, rows: 0) }, now: .zero)
        machine.leased(epochs(4), until: forever, surplus: 2)
        #expect(machine.next(now: .zero) == .release(lanes: [1, 2]))
        #expect(machine.ownedLanes == 2)
        #expect(machine.next(now: .seconds(1)) == .claim(lanes: [3], limit: 500))
    }

    @Test("a lane with a batch in flight goes when that is settled, and is not claimed again")
    func drainsFirst() {
        var machine = machine(lanes: 1)
        _ = machine.next(now: .zero)
        _ = machine.claimed([claimed(0, rows: 5)], now: .zero)
        machine.leased(epochs(1), until: forever, surplus: 1)
        guard case .wait = machine.next(now: .seconds(1)) else {
            Issue.record("it was handed over with a batch in flight")
            return
        }
        machine.published(settledOutcome(0), now: .seconds(1))
        #expect(machine.next(now: .seconds(1)) == .settle)
        _ = machine.takeOutcomes()
        machine.settled(lanes: [0], now: .seconds(1))
        #expect(machine.next(now: .seconds(1)) == .release(lanes: [0]))
    }

    @Test("a renewal from before the release does not bring the lane back; a new lease does")
    func lateRenewal() {
        var machine = machine(lanes: 2)
        machine.leased(epochs(2), until: forever, surplus: 1)
        #expect(machine.next(now: .zero) == .release(lanes: [0]))
        // The same surplus, seen before the release took effect, does not cost another lane.
        let change = machine.leased(epochs(2), until: forever, surplus: 1)
        #expect(change == .init())
        #expect(machine.ownedLanes == 1)
        #expect(machine.next(now: .zero) == .claim(lanes: [1], limit: 500))
        #expect(machine.leased([0: 2, 1: 1], until: forever) == .init(taken: 1, lost: 0))
        #expect(machine.ownedLanes == 2)
    }

    @Test("a lane that need not go any more is kept")
    func kept() {
        var machine = machine(lanes: 1)
        _ = machine.next(now: .zero)
        _ = machine.claimed([claimed(0, rows: 5)], now: .zero)
        machine.leased(epochs(1), until: forever, surplus: 1)
        machine.leased(epochs(1), until: forever, surplus: 0)
        machine.published(settledOutcome(0), now: .zero)
        _ = machine.next(now: .zero)
        _ = machine.takeOutcomes()
        machine.settled(lanes: [0], now: .zero)
        #expect(machine.next(now: .seconds(1)) == .claim(lanes: [0], limit: 500))
    }

    @Test("a stopping dispatcher hands each lane over as it comes to rest")
    func stop() {
        var machine = machine(lanes: 2)
        _ = machine.next(now: .zero)
        _ = machine.claimed([claimed(0, rows: 5), claimed(1, rows: 0)], now: .zero)
        machine.drain()
        #expect(machine.next(now: .zero) == .release(lanes: [1]))
        guard case .wait = machine.next(now: .zero) else {
            Issue.record("it did not wait for what is in flight")
            return
        }
        machine.published(LaneOutcome(lane: 0, epoch: 1, isUnfinished: true), now: .zero)
        #expect(machine.next(now: .zero) == .stop)
    }

    @Test("lanes are lost when the lease runs out, or when a renewal shows another epoch")
    func lost() {
        var machine = machine(lanes: 3)
        #expect(machine.leased([0: 1, 1: 2], until: forever) == .init(taken: 1, lost: 2))
        #expect(machine.leased([:], until: .zero) == .init(taken: 0, lost: 2))
    }
}
