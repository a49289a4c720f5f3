import FoundationEssentials
import LibPQ
import Testing

@testable import Workforce

@Suite("Calendar dates")
struct CalendarDateTests {
    @Test(
        "days that exist are read and written",
        arguments: ["2026-01-31", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "1969-12-31"])
    func exists(text: String) throws {
        let date = try #require(CalendarDate(text))
        #expect(date.description == text)
        #expect(CalendarDate(daysSince1970: date.daysSince1970) == date)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "2023-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00", "0000-01-01",
            "2026-1-01", "2026-01-1", "26-01-01", "2026/01/01", "2026-01-01T00:00:00Z", "", " 2026-01-01",
            "2026-01-0a", "+026-01-01", "２０２６-01-01",
        ])
    func refused(text: String) {
        #expect(CalendarDate(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CalendarDate].self, from: JSONEncoder().encode([text]))
        }
    }

    @Test("days follow one another without gap or overlap through the calendar's cycle of 400 years")
    func consecutive() throws {
        let first = try #require(CalendarDate("1899-01-01"))
        let last = try #require(CalendarDate("2301-12-31"))
        var previous = first
        for days in (first.daysSince1970 + 1)...last.daysSince1970 {
            guard let date = CalendarDate(daysSince1970: days), previous < date, date.daysSince1970 == days,
                date.day == previous.day + 1 || date.day == 1
            else {
                Issue.record("day \(days) does not follow \(previous)")
                return
            }
            previous = date
        }
        #expect(previous == last)
    }

    @Test("the years 1 to 9999 are there, and no others")
    func range() throws {
        let first = try #require(CalendarDate("0001-01-01"))
        let last = try #require(CalendarDate("9999-12-31"))
        #expect(CalendarDate(daysSince1970: first.daysSince1970 - 1) == nil)
        #expect(CalendarDate(daysSince1970: last.daysSince1970 + 1) == nil)
        #expect(CalendarDate(daysSince1970: .max) == nil)
        #expect(CalendarDate(daysSince1970: .min) == nil)
        #expect(CalendarDate("1970-01-01")?.daysSince1970 == 0)
        #expect(CalendarDate("2000-01-01")?.daysSince1970 == 10_957)
    }

    @Test("PostgreSQL's binary format is four bytes of days since 2000")
    func binary() throws {
        let date = try #require(CalendarDate("2000-01-03"))
        let parameter = PQParameter(date)
        #expect(parameter.type == .date)
        #expect(parameter.bytes == [0, 0, 0, 2])
        let dayBefore: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
        let read = try dayBefore.withUnsafeBytes { try CalendarDate.decode($0, type: .date) }
        #expect(read.description == "1999-12-31")
    }

    @Test("values of other types and dates out of range are refused")
    func binaryRefused() {
        let infinity: [UInt8] = [0x7F, 0xFF, 0xFF, 0xFF]
        #expect(throws: PQError.self) { try infinity.withUnsafeBytes { try CalendarDate.decode($0, type: .date) } }
        #expect(throws: PQError.self) { try infinity.withUnsafeBytes { try CalendarDate.decode($0, type: .int4) } }
    }
}
