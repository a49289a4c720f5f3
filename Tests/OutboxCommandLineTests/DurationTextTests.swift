import Testing

@testable import OutboxCommandLine

@Suite("Durations as text")
struct DurationTextTests {
    @Test(
        "are read in every unit",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("5s", .seconds(5)), ("10m", .seconds(600)),
            ("168h", .seconds(604_800)), ("7d", .seconds(604_800)), ("1.5s", .milliseconds(1500)), ("0", .zero),
            ("20us", .microseconds(20)),
        ])
    func parse(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        "are refused when they are none",
        arguments: ["", "5", "s", "-5s", "5 s", "5x", "1e3s", "99999999999999h", "1.2.3s", ".5s"])
    func refused(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        "are written in the largest unit that fits",
        arguments: [
            (Duration.seconds(604_800), "168h"), (.milliseconds(1500), "1500ms"), (.zero, "0s"), (.seconds(90), "90s"),
        ])
    func format(duration: Duration, text: String) {
        #expect(DurationText.format(duration) == text)
        #expect(DurationText.parse(text) == duration)
    }
}
