import Testing

@testable import OutboxDispatcher

@Suite("Topics that leave records unanswered")
final class StallWatchTests {
    private let start = ContinuousClock.now
    private var watch = StallWatch()

    private func part(_ id: Int, _ type: String, _ remaining: Int) -> StallWatch.Part {
        .init(id: id, aggregateType: type, remaining: remaining)
    }

    private func look(_ seconds: Double, _ parts: [StallWatch.Part]) -> [String] {
        watch.look(parts, now: start + .seconds(seconds)).filter(\.value).map(\.key)
    }

    @Test("a topic that is silent while others are answered is found after the short patience")
    func othersAnswered() {
        #expect(look(0, [part(1, "stuck", 10), part(2, "good", 10)]).isEmpty)
        #expect(look(4, [part(1, "stuck", 10), part(3, "good", 5)]).isEmpty)
        #expect(look(5, [part(1, "stuck", 10), part(3, "good", 1)]) == ["stuck"])
    }

    @Test("when nobody is answered, a topic is found after the long patience only")
    func nobodyAnswered() {
        #expect(look(0, [part(1, "stuck", 10)]).isEmpty)
        #expect(look(9, [part(1, "stuck", 10)]).isEmpty)
        #expect(look(10, [part(1, "stuck", 10)]) == ["stuck"])
    }

    @Test("after two seconds of silence it is worth a question, which the cluster may answer")
    func suspicion() {
        _ = watch.look([part(1, "a", 10)], now: start)
        let silent = watch.look([part(1, "a", 10)], now: start + .seconds(2))
        #expect(silent == ["a": false])
    }

    @Test("a topic that makes progress, however slow, is not stuck")
    func slow() {
        for second in 0..<100 { #expect(look(Double(second), [part(1, "slow", 1000 - second)]).isEmpty) }
    }

    @Test("a lane's records that stay unanswered while their topic answers others' are found after half a minute")
    func onePartition() {
        for second in 0..<30 {
            #expect(look(Double(second), [part(1, "a", 3), part(100 + second, "a", 10)]).isEmpty)
        }
        #expect(look(30, [part(1, "a", 3), part(200, "a", 10)]) == ["a"])
    }

    @Test("after an outage of the whole cluster the patience begins anew")
    func reset() {
        _ = look(0, [part(1, "a", 10)])
        watch.reset()
        #expect(look(20, [part(1, "a", 10)]).isEmpty)
        #expect(look(30, [part(1, "a", 10)]) == ["a"])
    }
}
