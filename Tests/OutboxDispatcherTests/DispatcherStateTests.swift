import Testing

@testable import OutboxDispatcher

@Suite("The dispatcher's condition")
struct DispatcherStateTests {
    @Test("the first word on the broker is news, whatever it is")
    func firstWord() {
        for reachable in [true, false] {
            var state = DispatcherState()
            let isNews = state.brokerIs(reachable: reachable)
            #expect(isNews)
            let isNewsAgain = state.brokerIs(reachable: reachable)
            #expect(!isNewsAgain)
        }
    }

    @Test("a database that answers some questions and fails others is one outage, not many")
    func fullDisk() {
        var state = DispatcherState()
        let start = ContinuousClock.now
        var news = 0
        for tick in 0..<50 {
            let now = start + .milliseconds(200 * tick)
            if state.databaseFailed(now: now) { news += 1 }
            if state.databaseAnswered(now: now + .milliseconds(100)) { news += 1 }
            #expect(!state.health(now: now + .milliseconds(100)).isDatabaseReachable)
        }
        #expect(news == 1)
        let healed = start + .seconds(20)
        let isNews = state.databaseAnswered(now: healed)
        #expect(isNews)
        #expect(state.health(now: healed).isDatabaseReachable)
        let isNewsAgain = state.databaseAnswered(now: healed + .seconds(1))
        #expect(!isNewsAgain)
    }
}
