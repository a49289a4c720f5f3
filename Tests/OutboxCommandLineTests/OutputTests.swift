import Synchronization
import Testing

@testable import OutboxCommandLine

@Suite("Output")
struct OutputTests {
    @Test("a table is as wide as it must be, numbers to the right, control characters visible")
    func table() {
        var table = TextTable([.init("type"), .init("n", .right), .init("note", maximumWidth: 6)])
        table.add(["position", "5", "a\nb"])
        table.add(["职位", "12000", "too long for it"])
        #expect(
            table.text == """
                type          n  note
                position      5  a·b
                职位      12000  too l…
                """)
    }

    private func progress(isTerminal: Bool, isQuiet: Bool = false) -> [String] {
        let lines = Mutex<[String]>([])
        let start = ContinuousClock.now
        let time = Mutex(start)
        let progress = Progress(
            "verify", total: 100, isQuiet: isQuiet, isTerminal: isTerminal,
            write: { line in lines.withLock { $0.append(line) } }, now: { time.withLock { $0 } })
        progress.advance(by: 10)
        time.withLock { $0 += .seconds(10) }
        progress.advance(by: 40)
        progress.advance(by: 50)
        progress.finish()
        return lines.withLock { $0 }
    }

    @Test("progress is lines now and then when it is not a terminal, a bar on one, nothing when quiet")
    func progress() {
        let lines = progress(isTerminal: false)
        #expect(lines == ["verify  50 %  50 of 100  5/s  10 s left\n", "verify  100 %  100 of 100  10/s\n"])
        #expect(progress(isTerminal: true).first?.contains("████████████░░░░░░░░░░░░  50 %") == true)
        #expect(progress(isTerminal: true, isQuiet: true).isEmpty)
    }
}
