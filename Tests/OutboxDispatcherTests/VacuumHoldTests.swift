import Testing

@testable import OutboxDispatcher

@Suite struct VacuumHoldTests {
    private let start = ContinuousClock.now

    @Test("transactions that come and go hold nothing")
    func shortTransactions() {
        var hold = VacuumHold()
        for minute in 0..<1000 {
            let held = hold.duration(
                transactions: Int64(1000 + minute * 50), held: minute.isMultiple(of: 3) ? nil : 7,
                at: start + .seconds(minute * 60))
            #expect(held == .zero)
        }
    }

    @Test("an open transaction counts from the first look that saw it, and no longer when it is over")
    func openTransaction() {
        var hold = VacuumHold()
        func look(_ minute: Int, oldest: Int?) -> Duration {
            let transactions = 1000 + minute * 50
            return hold.duration(
                transactions: Int64(transactions), held: oldest.map { Int64(transactions - $0) },
                at: start + .seconds(minute * 60))
        }
        #expect(look(0, oldest: nil) == .zero)
        // It began between the looks.
        #expect(look(1, oldest: 1020) == .zero)
        #expect(look(2, oldest: 1020) == .seconds(60))
        #expect(look(10, oldest: 1020) == .seconds(540))
        // It has ended, and a younger one is the oldest now.
        #expect(look(11, oldest: 1070) == .seconds(540))
        #expect(look(12, oldest: nil) == .zero)
    }

    @Test("one that lasts for weeks takes no more memory, and its time stays right")
    func weeks() {
        var hold = VacuumHold()
        var held = Duration.zero
        for minute in 0..<20_000 {
            held = hold.duration(
                transactions: Int64(1000 + minute), held: Int64(minute + 1), at: start + .seconds(minute * 60))
        }
        #expect(held == .seconds(19_999 * 60))
    }
}
