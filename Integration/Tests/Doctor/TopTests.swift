import FoundationEssentials
import LibPQ
import Testing

@testable import Outbox
@testable import OutboxTool
@testable import Servers

@Suite("outbox top", .serialized)
struct TopTests {
    @Test("rates come from what was drawn and what waits, delays from what a dispatcher's metrics grew by")
    func rates() throws {
        let shares = try JSONDecoder().decode(
            LaneShares.self, from: Data(#"{"count": 4, "unowned": [], "dispatchers": []}"#.utf8))
        let start = ContinuousClock.now
        var first = TopSample(at: start, shares: shares)
        var second = TopSample(at: start + .seconds(2), shares: shares)
        (first.lastSequence, second.lastSequence) = (100, 300)
        second.types = [
            .init(
                aggregateType: "a", pending: 50, scheduled: 0, heldAggregates: 0, parked: 10, oldestAgeSeconds: 1)
        ]
        func metrics(_ counts: [Int]) -> DispatcherMetrics {
            let bounds = ["0.01", "0.1", "+Inf"]
            let lines = zip(bounds, counts).map { "outbox_dispatch_delay_seconds_bucket{le=\"\($0)\"} \($1)" }
            return DispatcherMetrics((["# HELP x", "outbox_dispatch_success_total 7"] + lines).joined(separator: "\n"))
        }
        first.metrics = metrics([1000, 1000, 1000])
        second.metrics = metrics([1000, 1100, 1100])
        let rates = TopRates(from: first, to: second)
        #expect(rates.written == 100 && rates.settled == 70)
        #expect(rates.median.map { abs($0 - 0.055) < 0.001 } == true)
        #expect(TopRates(from: nil, to: first) == TopRates(from: nil, to: second))
        #expect(first.metrics?.settled == 7)
        let line = TopText(sample: second, rates: rates).line(at: Date(timeIntervalSince1970: 0))
        #expect(line.hasPrefix("1970-01-01T00:00:00Z pending=50 oldest=1s in=100 out=70 held=0 parked=10 lanes=4/4"))
        let screen = TopText(sample: second, rates: rates).screen(width: 30, height: 5, at: .now, hint: "q ends")
        #expect(screen.count == 4 && screen.allSatisfy { $0.count <= 30 })
    }

    @Test("elsewhere than on a terminal: a line each time, one for --once, with lag and delays", .requiresBroker)
    func lines() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            try await chain.insert(["P1"], events: 2)
            try await chain.waitUntilPublished(2)
            let address = try await dispatcher.httpAddress()
            let once = try await chain.ran(
                "top --once", ["--metrics", "http://\(address)"], changes: ["OUTBOX_CONSUMER_GROUPS": chain.group])
            #expect(once.status == .exited(0), "\(once.errors)")
            #expect(once.output.split(separator: "\n").count == 1)
            for part in ["pending=0", "lanes=64/64", "dispatchers=1", "p50=", "lag[\(chain.group)]=2"] {
                #expect(once.output.contains(part), "\(once.output)")
            }
            #expect(!once.output.contains("trouble="), "\(once.output)")
            let top = try chain.start(.outbox, ["top", "--interval", "200ms"])
            try await eventually(within: .seconds(30), "it has looked twice") {
                top.output.text.split(separator: "\n").count >= 2
            }
            #expect(!top.output.text.contains("\u{1B}"))
            #expect(try await top.stop(within: .seconds(30)) == .exited(0))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("on a terminal: in place, until q; then the terminal is as it was", .requires(program: "python3"))
    func terminal() async throws {
        let database = try await TestDatabase.make("top")
        // Waits for the screen, types q, and tells what came and how the terminal was left.
        let script = """
            import os, pty, sys, termios
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            before = termios.tcgetattr(terminal)[3]
            seen = b""
            asked = False
            while True:
                try:
                    part = os.read(terminal, 65536)
                except OSError:
                    break
                if not part:
                    break
                seen += part
                if b"pending" in seen and not asked:
                    asked = True
                    during = termios.tcgetattr(terminal)[3]
                    os.write(terminal, b"q")
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            print(status, before != during, seen.endswith(b"\\x1b[?25h\\x1b[?1049l"), b"\\x1b[H" in seen)
            """
        let process = try ChildProcess(
            "python3", ["-c", script, try BuiltTool.outbox.path, "top"], environment: ["DATABASE_URL": database.url])
        try await process.waitForSuccess(within: .seconds(60))
        #expect(process.output.text == "0 True True True\n", "\(process.output.text)")
        await database.pool.close()
    }

    @Test("a database that is not there: named, and with --once the exit status says so")
    func unreachable() async throws {
        let url = "postgresql://postgres@127.0.0.1:\(try FreePort.next())/x"
        let once = try BuiltTool.outbox.start(["top", "--once"], environment: ["DATABASE_URL": url])
        #expect(try await once.waitForExit(within: .seconds(60)) == .exited(3))
        #expect(once.errorOutput.text.contains("refused"))
        let wrong = try BuiltTool.outbox.start(["top", "--metrics", "ftp://x"], environment: ["DATABASE_URL": url])
        #expect(try await wrong.waitForExit(within: .seconds(60)) == .exited(2))
    }
}
