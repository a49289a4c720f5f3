import Testing

@testable import OutboxDispatcher

@Suite("Pace of retention")
struct RetentionPaceTests {
    private let pace = RetentionPace(age: .seconds(3600))

    @Test("a step that is not behind takes a tenth of the time; one far behind takes most of it")
    func share() {
        #expect(abs(seconds(overdue: .zero) - 0.9) < 0.001)
        #expect(abs(seconds(overdue: pace.grace + .seconds(150)) - 0.1) < 0.001)
        #expect(abs(seconds(overdue: .seconds(86_400)) - 0.025) < 0.001)
    }

    private func seconds(overdue: Duration) -> Double {
        pace.pause(after: .milliseconds(100), overdue: overdue, reachedEnd: false) / .seconds(1)
    }

    @Test(
        "at the end it rests, the longer the longer events are kept",
        arguments: [
            (Duration.seconds(10), Duration.seconds(1)), (.seconds(120), .seconds(2)), (.seconds(86_400), .seconds(10)),
        ])
    func rest(age: Duration, pause: Duration) {
        let pace = RetentionPace(age: age)
        #expect(pace.pause(after: .milliseconds(5), overdue: .zero, reachedEnd: true) == pause)
    }

    @Test("grace and full walks stay within bounds", arguments: [1, 60, 3600, 7 * 86_400])
    func bounds(age: Int) {
        let pace = RetentionPace(age: .seconds(age))
        #expect(pace.grace <= .seconds(60) && pace.grace <= pace.age / 20)
        #expect(pace.fullWalk >= .seconds(10) && pace.fullWalk <= .seconds(3600))
    }
}
