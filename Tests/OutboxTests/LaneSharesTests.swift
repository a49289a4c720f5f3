import Testing

@testable import Outbox

@Suite("Shares of the lanes")
struct LaneSharesTests {
    /// Dispatchers with so many lanes each, of 8 in all.
    private func shares(_ owned: [(name: String, state: LaneShares.Dispatcher.State, lanes: Int)]) -> LaneShares {
        var next = 0
        let dispatchers = owned.map { name, state, lanes in
            defer { next += lanes }
            return LaneShares.Dispatcher(
                instance: name, state: state, startedAt: nil, drainedAt: nil, lanes: Array(next..<next + lanes),
                expiredLanes: [], lowestEpoch: nil, highestEpoch: nil, leaseSeconds: nil)
        }
        return LaneShares(count: 8, unowned: Array(next..<8), dispatchers: dispatchers)
    }

    @Test("are even when no live dispatcher has two more than another, and all lanes are theirs")
    func even() {
        #expect(shares([("a", .live, 8)]).areEven)
        #expect(shares([("a", .live, 3), ("b", .live, 2), ("c", .live, 3)]).areEven)
        #expect(shares([("a", .live, 4), ("b", .live, 4), ("c", .drained, 0)]).areEven)
        #expect(!shares([("a", .live, 4), ("b", .live, 2), ("c", .live, 2)]).areEven)
        #expect(!shares([("a", .live, 4), ("b", .live, 3)]).areEven)
        #expect(!shares([]).areEven)
    }

    @Test("surplus is what an owner has beyond its share: all, when lanes don't fall to it")
    func surplus() {
        #expect(shares([("a", .live, 6), ("b", .live, 2)]).surplus == ["a": 2])
        #expect(shares([("a", .live, 4), ("b", .live, 2), ("c", .live, 2)]).surplus == ["a": 1])
        #expect(shares([("a", .live, 1), ("b", .drained, 4), ("c", .stopping, 3)]).surplus == ["b": 4, "c": 3])
        #expect(shares([("a", .live, 0), ("b", .live, 0)]).surplus == [:])
    }
}
