import Testing

@testable import Outbox

@Suite("JSON value")
struct JSONValueTests {
    @Test(
        "reads and writes every kind of value",
        arguments: [
            #"null"#, #"true"#, #"1"#, #"-1.5"#, #""a/b\n""#, #"[1,"x",null]"#, #"{"a":{"b":[]},"c":9007199254740993}"#,
        ])
    func roundTrip(text: String) throws {
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(String(decoding: value.serialized(), as: UTF8.self) == text)
    }

    @Test("refuses what is not JSON", arguments: ["", "{", "{]", "nul", "{\"a\":}", "'a'"])
    func refused(text: String) {
        let error = #expect(throws: OutboxError.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(error?.code == .invalidJSON)
    }
}
