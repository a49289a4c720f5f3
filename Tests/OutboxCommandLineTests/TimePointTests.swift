import FoundationEssentials
import Testing

@testable import OutboxCommandLine

@Suite("Moments as text")
struct TimePointTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test(
        "are read as timestamps, days, and durations that count back",
        arguments: [
            ("now", 1_800_000_000.0), ("2h", 1_799_992_800), ("1.5s", 1_799_999_998.5), ("7d", 1_799_395_200),
            ("0", 1_800_000_000), ("2026-01-31T09:30:00Z", 1_769_851_800),
            ("2026-01-31T10:30:00.5+01:00", 1_769_851_800.5),
            ("2026-01-31 09:30:00z", 1_769_851_800), ("2026-01-31", 1_769_817_600),
        ])
    func parse(text: String, seconds: Double) throws {
        let point = try #require(TimePoint(text))
        #expect(point.date(now: Self.now) == Date(timeIntervalSince1970: seconds))
    }

    @Test(
        "are refused when they are none",
        arguments: ["", "2", "-2h", "yesterday", "2026-02-30", "2026-01-31T09:30", "2026-01-31T25:00:00Z", "2026-01"])
    func refused(text: String) {
        #expect(TimePoint(text) == nil)
        #expect(ValueParser<TimePoint>.time.parse(text) == nil)
    }

    @Test(
        "aggregates are type and id apart by the first colon",
        arguments: [("position:P1", "position", "P1"), ("a.b:x:y", "a.b", "x:y")])
    func aggregate(text: String, type: String, id: String) {
        #expect(AggregateName(text) == AggregateName(type: type, id: id))
        #expect(AggregateName(text)?.description == text)
    }

    @Test("what is no aggregate is refused", arguments: ["", "position", ":P1", "position:"])
    func noAggregate(text: String) { #expect(AggregateName(text) == nil) }
}
