import Testing

@testable import OutboxCommandLine

@Suite("Numbers as people read them")
struct ReadableTests {
    @Test(
        "durations have one unit, large ones two",
        arguments: [
            (0.01, "10 ms"), (0.354, "350 ms"), (12.3, "12 s"), (200, "3 min"), (7500, "2 h 5 min"), (7200, "2 h"),
            (356_400, "4 d 3 h"), (604_800, "7 d"),
        ])
    func seconds(seconds: Double, text: String) {
        #expect(Readable.seconds(seconds) == text)
    }

    @Test(
        "sizes have the unit that leaves two digits or more",
        arguments: [(0, "0 B"), (10_239, "10239 B"), (10_240, "10 KiB"), (1 << 30, "1024 MiB"), (1 << 40, "1024 GiB")])
    func bytes(count: Int64, text: String) {
        #expect(Readable.bytes(count) == text)
    }

    @Test("only one is singular", arguments: [(0, "0 lanes"), (1, "1 lane"), (2, "2 lanes")])
    func count(count: Int, text: String) {
        #expect(Readable.count(count, "lane") == text)
    }
}
