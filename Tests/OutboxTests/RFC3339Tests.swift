import FoundationEssentials
import Testing

@testable import Outbox

@Suite("RFC 3339")
struct RFC3339Tests {
    @Test(
        "formats in UTC with microseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1_700_000_000_123_456, "2023-11-14T22:13:20.123456Z"),
            (-1, "1969-12-31T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_102_444_799_000_001, "2099-12-31T23:59:59.000001Z"),
        ] as [(Int64, String)])
    func format(microseconds: Int64, text: String) {
        #expect(RFC3339.format(microseconds: microseconds) == text)
        #expect(RFC3339.microseconds(parsing: text) == microseconds)
    }

    @Test("every day of four centuries comes back as it was")
    func roundTrip() {
        for day in stride(from: Int64(-73_000), to: 73_000, by: 1) {
            let microseconds = day * 86_400_000_000 + 3_723_000_007
            #expect(RFC3339.microseconds(parsing: RFC3339.format(microseconds: microseconds)) == microseconds)
        }
    }

    @Test(
        "reads offsets and fewer or more digits",
        arguments: [
            ("2026-01-31T10:30:00+01:00", "2026-01-31T09:30:00.000000Z"),
            ("2026-01-31T00:30:00.5-01:30", "2026-01-31T02:00:00.500000Z"),
            ("2026-01-31t09:30:00.123456789z", "2026-01-31T09:30:00.123456Z"),
        ])
    func offsets(text: String, utc: String) {
        #expect(RFC3339.parse(text).map(RFC3339.format) == utc)
    }

    @Test(
        "refuses what is not a timestamp",
        arguments: [
            "", "2026", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01 00:00", "２０２６-01-01T00:00:00Z",
            "2026-01-01T00:00:00+1:00", "2025-02-29T00:00:00Z",
        ])
    func refused(text: String) {
        #expect(RFC3339.parse(text) == nil)
    }
}
