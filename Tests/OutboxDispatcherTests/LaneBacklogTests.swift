import Testing

@testable import OutboxDispatcher

@Suite("Lanes with a backlog")
struct LaneBacklogTests {
    /// Eight lanes that have all been looked at once, brought five events each, and have more.
    private func backlog(bytesPerRow: Int = 1, positions: [Int64] = Array(repeating: 0, count: 8)) -> LaneStateMachine {
        var machine = LaneStateMachine(
            lanes: 8,
            settings: .init(
                batchSize: 10, rowsPerClaim: 40, bytesPerClaim: 60, maximumRowsInFlight: 100,
                maximumBytesInFlight: 10_000))
        machine.leased(
            Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, 1) }), until: .seconds(1_000_000))
        _ = machine.next(now: .zero)
        pass(&machine, Array(0..<8), rows: 5, bytesPerRow: bytesPerRow) { positions[$0] }
        return machine
    }

    /// The lanes' claim comes back full, is published and settled.
    private func pass(
        _ machine: inout LaneStateMachine, _ lanes: [Int], rows: Int = 10, bytesPerRow: Int = 1,
        to position: (Int) -> Int64
    ) {
        _ = machine.claimed(
            lanes.map {
                .init(lane: $0, epoch: 1, rows: rows, bytes: rows * bytesPerRow, last: position($0), isFull: true)
            }, now: .zero)
        for lane in lanes {
            machine.published(
                LaneOutcome(lane: lane, epoch: 1, settled: [SettledEvent(sequence: 1, aggregateHash: 1)]), now: .zero)
        }
        #expect(machine.next(now: .zero) == .settle)
        _ = machine.takeOutcomes()
        machine.settled(lanes: lanes, now: .zero)
    }

    @Test("the larger the payloads, the fewer lanes are claimed at once", arguments: [(1, 4), (3, 2), (100, 1)])
    func largePayloads(bytesPerRow: Int, lanes: Int) {
        var machine = backlog(bytesPerRow: bytesPerRow)
        #expect(machine.next(now: .zero) == .claim(lanes: Array(0..<lanes), limit: 10))
    }

    @Test("lanes that are furthest behind are claimed first")
    func furthestBehind() {
        var machine = backlog(positions: [80, 70, 60, 50, 40, 30, 20, 10])
        #expect(machine.next(now: .zero) == .claim(lanes: [7, 6, 5, 4], limit: 10))
        pass(&machine, [7, 6, 5, 4]) { [4: 75, 5: 65, 6: 55, 7: 45][$0] ?? 0 }
        #expect(machine.next(now: .zero) == .claim(lanes: [7, 3, 6, 2], limit: 10))
    }

    @Test("lanes that are behind and don't get on keep no other waiting for ever")
    func stuck() {
        var machine = backlog(positions: [9, 9, 9, 9, 1, 1, 1, 1])
        var seen: Set<Int> = []
        for _ in 0..<24 {
            guard case .claim(let lanes, _) = machine.next(now: .zero) else {
                Issue.record("nothing was claimed")
                return
            }
            seen.formUnion(lanes)
            pass(&machine, lanes) { $0 < 4 ? 9 : 1 }
        }
        #expect(seen.count == 8)
    }

    @Test("lanes of different sizes stay together")
    func together() {
        var machine = backlog()
        var positions = Array(repeating: Int64(0), count: 8)
        for _ in 0..<1000 {
            guard case .claim(let lanes, _) = machine.next(now: .zero) else {
                Issue.record("nothing was claimed")
                return
            }
            // Ten events of a small lane lie further apart than those of a large one.
            for lane in lanes { positions[lane] += 80 + Int64(10 * lane) }
            pass(&machine, lanes) { positions[$0] }
        }
        let spread = (positions.max() ?? 0) - (positions.min() ?? 0)
        #expect(spread < 1000, "they are \(spread) apart, at \(positions)")
    }
}
