import Testing

@testable import Faults

@Suite("Plan of faults")
struct FaultPlanTests {
    private func plan(_ seed: UInt64, seconds: Double = 300, kinds: [FaultKind] = FaultKind.allCases) -> FaultPlan {
        FaultPlan(seed: seed, seconds: seconds, kinds: kinds, lease: 4)
    }

    @Test("the same seed gives the same plan, another one another")
    func seeds() {
        #expect(plan(7) == plan(7))
        #expect(plan(7).faults != plan(8).faults)
    }

    @Test("every kind comes before any comes again", arguments: 1...20)
    func everyKind(seed: UInt64) {
        let kinds = plan(seed, seconds: 1000).faults.map(\.kind)
        #expect(Set(kinds.prefix(FaultKind.allCases.count)) == Set(FaultKind.allCases))
    }

    @Test("faults of one moment share nothing, and all end in time", arguments: 1...20)
    func moments(seed: UInt64) {
        let plan = plan(seed)
        #expect(plan.moments.flatMap { $0 } == plan.faults)
        for moment in plan.moments {
            #expect(Set(moment.map(\.kind.resource)).count == moment.count)
        }
        #expect(plan.faults.allSatisfy { $0.at + $0.lasts <= 300 })
        #expect(plan.faults.map(\.at) == plan.faults.map(\.at).sorted())
    }

    @Test("only the kinds that were asked for, and pauses that outlast the lease")
    func kinds() {
        let faults = plan(3, kinds: [.dispatcherPause, .poisonSize]).faults
        #expect(Set(faults.map(\.kind)) == [.dispatcherPause, .poisonSize])
        #expect(faults.filter { $0.kind == .dispatcherPause }.allSatisfy { $0.lasts > 4 })
    }
}
