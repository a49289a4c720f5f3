import Testing

@testable import IdempotentConsumer

@Suite("Dead letters")
struct DeadLetterRecordTests {
    @Test("a dead letter keeps its headers and says what happened to it")
    func headers() {
        let record = DeadLetterRecord(message: native(), reason: .failed, error: "no such position", attempts: 5)
        let headers = record.headers(consumer: "positions")
        #expect(Array(headers.prefix(native().headers.count)) == native().headers)
        let added = Dictionary(
            uniqueKeysWithValues: headers.dropFirst(native().headers.count).map {
                ($0.name, String(decoding: $0.value ?? [], as: UTF8.self))
            })
        #expect(
            added == [
                "dead_letter_reason": "failed", "dead_letter_error": "no such position", "dead_letter_attempts": "5",
                "dead_letter_topic": "outbox.event.position", "dead_letter_partition": "2", "dead_letter_offset": "7",
                "dead_letter_consumer": "positions",
            ])
    }

    @Test("a reason fits a text column: without NUL, and not endless")
    func reasons() {
        struct Odd: Error, CustomStringConvertible { var description: String }
        #expect(EventFailure.reason(of: Odd(description: "a\u{0}b")) == "ab")
        #expect(EventFailure.reason(of: Odd(description: String(repeating: "x", count: 9_999))).utf8.count == 2_000)
    }
}
