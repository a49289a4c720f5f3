import Testing

@testable import OutboxDispatcher

@Suite("Topics on hold")
final class TopicHoldsTests {
    private let start = ContinuousClock.now
    private var holds = TopicHolds()

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    // The macros can't call what changes a struct.
    private func filter(_ lanes: [Int], at seconds: Double) -> ClaimFilter {
        holds.filter(lanes: lanes, now: at(seconds))
    }
    private func admit(_ type: String, lane: Int) -> TopicHolds.Admission { holds.admit(type, lane: lane) }
    private func acknowledged(_ type: String) -> ContinuousClock.Instant? { holds.acknowledged(type) }
    private func answered(_ type: String, unusable: String?, at seconds: Double) -> ContinuousClock.Instant? {
        holds.answered(type, unusable: unusable, now: at(seconds))
    }
    private func returned(_ type: String, isAcknowledged: Bool) -> ContinuousClock.Instant? {
        holds.returned(type, isAcknowledged: isAcknowledged, now: at(100))
    }

    private func begin(_ type: String, _ trouble: TopicHolds.Trouble, at seconds: Double = 0) -> Bool {
        holds.begin(type, topic: "t.\(type)", reason: "no", trouble: trouble, now: at(seconds))
    }

    @Test("a type on hold is left out of claims and not sent; others are")
    func leftOut() {
        #expect(begin("a", .unusable))
        #expect(!begin("a", .unusable))
        #expect(filter([1, 2], at: 0) == ClaimFilter(held: ["a"]))
        #expect(admit("a", lane: 1) == .held)
        #expect(admit("b", lane: 1) == .open)
    }

    @Test("a topic that was missing is open again as soon as the cluster has it")
    func missing() {
        _ = begin("a", .unusable)
        #expect(holds.questions(now: at(0)).isEmpty)
        #expect(holds.questions(now: at(1)).map(\.topic) == ["t.a"])
        #expect(answered("a", unusable: "still missing", at: 1) == nil)
        #expect(holds.questions(now: at(1.1)).isEmpty)
        #expect(holds.questions(now: at(3)).map(\.topic) == ["t.a"])
        #expect(answered("a", unusable: nil, at: 3) == at(0))
        #expect(holds.isEmpty)
        #expect(filter([1], at: 3).isEmpty)
    }

    @Test("a topic that refuses records, though the cluster sees nothing wrong, is tried with one lane")
    func trial() {
        _ = begin("a", .unanswered)
        #expect(answered("a", unusable: nil, at: 1) == nil)
        #expect(filter([7], at: 1) == ClaimFilter(tried: ["a"], trialLane: 7))
        // While that lane is busy, others leave the type out.
        #expect(filter([1, 2], at: 1.1) == ClaimFilter(held: ["a"]))
        #expect(holds.isTrying(lane: 7) && !holds.isTrying(lane: 1))
        #expect(admit("a", lane: 1) == .held)
        #expect(admit("a", lane: 7) == .trial)
        #expect(admit("a", lane: 7) == .held, "one trial at a time")
        #expect(acknowledged("b") == nil)
        #expect(acknowledged("a") == at(0))
        #expect(holds.isEmpty)
    }

    @Test("a lane that had nothing to try makes way for another one")
    func nothingToTry() {
        _ = begin("a", .unanswered)
        _ = answered("a", unusable: nil, at: 1)
        let first = filter([1, 2, 3], at: 1).trialLane
        let second = filter([1, 2, 3], at: 1.1).trialLane
        #expect(first != nil && second != nil && first != second)
        // A lane that is never claimed again, because somebody else owns it, does not keep the trial.
        #expect(filter([9], at: 1.2) == ClaimFilter(held: ["a"]))
        #expect(filter([9], at: 7).trialLane == 9)
    }

    @Test("trials that fail come at growing intervals, of 10 s at most")
    func growing() {
        var now = 0.0
        var pauses: [Double] = []
        _ = begin("a", .unanswered)
        for _ in 0..<10 {
            let began = now
            while holds.questions(now: at(now)).isEmpty { now += 0.25 }
            pauses.append(now - began)
            _ = answered("a", unusable: nil, at: now)
            _ = filter([1], at: now)
            #expect(admit("a", lane: 1) == .trial)
            #expect(!begin("a", .unanswered, at: now))
        }
        #expect(pauses == pauses.sorted())
        #expect(pauses.first == 0.5 && pauses.last == 10)
    }

    @Test("a trial that came to nothing is repeated")
    func interrupted() {
        _ = begin("a", .unanswered)
        _ = answered("a", unusable: nil, at: 1)
        _ = filter([1], at: 1)
        _ = admit("a", lane: 1)
        holds.trialFailed("a", now: at(2))
        #expect(holds.questions(now: at(20)).count == 1)
    }

    @Test("what was in flight when a topic fell silent is its first trial: once all is settled, the hold is over")
    func inFlight() {
        _ = begin("a", .unanswered)
        holds.detached("a", batches: 2)
        #expect(holds.questions(now: at(100)).isEmpty, "it has a trial under way")
        #expect(returned("a", isAcknowledged: true) == nil)
        #expect(returned("a", isAcknowledged: true) == at(0))
        #expect(holds.isEmpty)
    }

    @Test("what was in flight and came back unsent is tried again")
    func inFlightLost() {
        _ = begin("a", .unanswered)
        holds.detached("a", batches: 1)
        #expect(returned("a", isAcknowledged: false) == nil)
        #expect(holds.questions(now: at(100)).count == 1)
    }
}
