import FoundationEssentials
import Testing

@testable import OutboxDispatcher

@Suite("The plan of a dispatcher's share")
struct LeasePlanTests {
    private func board(_ owners: [String?], live: [String], drained: [String] = []) -> LeaseBoard {
        LeaseBoard(
            lanes: owners.map { LeaseBoard.Lane(owner: $0, epoch: 1) },
            dispatchers: (live + drained).map {
                LeaseBoard.Dispatcher(
                    instance: $0, incarnation: UUID(), lanes: owners.count, isDrained: drained.contains($0))
            })
    }

    @Test("who is alone takes every free lane, also before it is known to the others")
    func alone() {
        let plan = LeasePlan(board: board([nil, nil, nil, nil], live: []), instance: "a")
        #expect(plan.take == [0, 1, 2, 3])
        #expect(!plan.isSettled)
    }

    @Test("who owns too much has a surplus, and the one who has joined takes nothing that is owned")
    func join() {
        let board = board(["a", "a", "a", "a", "a"], live: ["a", "b"])
        #expect(LeasePlan(board: board, instance: "a").surplus == 2)
        let joining = LeasePlan(board: board, instance: "b")
        #expect(joining.take.isEmpty)
        #expect(!joining.isSettled)
    }

    @Test("lanes that are left over stay with those who have them")
    func sticky() {
        let board = board(["b", "b", "a", "c", "b", "a", "c"], live: ["a", "b", "c"])
        for instance in ["a", "b", "c"] {
            let plan = LeasePlan(board: board, instance: instance)
            #expect(plan.take.isEmpty && plan.surplus == 0 && plan.isSettled)
        }
    }

    @Test("two that take at the same time never go for the same lane")
    func noRace() {
        let board = board(["a", nil, nil, "b", nil, nil, "c", nil], live: ["a", "b", "c"])
        let takes = ["a", "b", "c"].map { LeasePlan(board: board, instance: $0).take }
        #expect(Set(takes.joined()).count == takes.map(\.count).reduce(0, +))
        #expect(Set(takes.joined()) == [1, 2, 4, 5, 7])
    }

    @Test("more dispatchers than lanes: some own none, and nothing moves")
    func moreThanLanes() {
        let board = board(["d", "b"], live: ["a", "b", "c", "d"])
        for instance in ["a", "b", "c", "d"] {
            let plan = LeasePlan(board: board, instance: instance)
            #expect(plan.take.isEmpty && plan.surplus == 0 && plan.isSettled)
        }
    }

    @Test("who leaves, or was drained, has no share, and the others share the rest")
    func noShare() {
        let owners = ["a", "a", "b", "b"]
        #expect(LeasePlan(board: board(owners, live: ["a", "b"]), instance: "a", isLeaving: true).surplus == 2)
        let drained = board(owners, live: ["b"], drained: ["a"])
        #expect(LeasePlan(board: drained, instance: "a").surplus == 2)
        #expect(LeasePlan(board: board([nil, nil, "b", "b"], live: ["b"], drained: ["a"]), instance: "a").take.isEmpty)
        #expect(
            LeasePlan(board: board([nil, nil, "b", "b"], live: ["b"], drained: ["a"]), instance: "b").take == [0, 1])
    }

    @Test("a lane on its way out is neither counted nor taken back in the same step")
    func releasing() {
        let plan = LeasePlan(board: board(["a", "a", "a", "a"], live: ["a", "b"]), instance: "a", releasing: [0, 3])
        #expect(plan.surplus == 0)
        #expect(plan.take.isEmpty)
    }

    /// Random comings and goings, everybody acting on what it sees in random order.
    @Test("whatever happens, shares get even in a few rounds and then stay", arguments: 0..<40)
    func converges(seed: UInt64) {
        var random = SplitMix(state: seed)
        let lanes = [1, 2, 8, 64][Int.random(in: 0..<4, using: &random)]
        var live: [String] = []
        var owners = [String?](repeating: nil, count: lanes)
        for change in 0..<12 {
            if live.isEmpty || Int.random(in: 0..<3, using: &random) > 0 {
                live.append("i\(change)")
            } else {
                let gone = live.remove(at: Int.random(in: 0..<live.count, using: &random))
                for lane in owners.indices where owners[lane] == gone { owners[lane] = nil }
            }
            let before = owners
            var rounds = 0
            while step(&owners, live, &random) { rounds += 1 }
            #expect(rounds <= 4)
            #expect(!owners.contains(nil) || live.isEmpty)
            let counts = live.map { instance in owners.count { $0 == instance } }
            if let most = counts.max(), let least = counts.min() { #expect(most - least <= 1) }
            // No lane moves but those that must: what was free, and what somebody new is owed.
            let moved = zip(before, owners).count { $0 != $1 }
            let owed = before.count { $0 == nil } + lanes / max(1, live.count) + 1
            #expect(moved <= owed)
        }
    }

    /// - Returns: whether anything moved.
    private func step(_ owners: inout [String?], _ live: [String], _ random: inout SplitMix) -> Bool {
        let before = owners
        for instance in live.shuffled(using: &random) {
            let plan = LeasePlan(board: board(owners, live: live), instance: instance)
            for lane in plan.take where owners[lane] == nil { owners[lane] = instance }
            for lane in owners.indices.filter({ owners[$0] == instance }).prefix(plan.surplus) { owners[lane] = nil }
        }
        return owners != before
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
