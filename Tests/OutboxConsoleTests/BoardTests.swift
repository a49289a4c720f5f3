import Foundation
import OutboxHTTP
import Testing

@testable import OutboxConsole
@testable import OutboxDoctor

@Suite struct BoardTests {
    @Test("a watcher gets what has changed since its last look, and nothing twice")
    func changes() async throws {
        let board = ConsoleBoard()
        await board.post(.now, "1")
        await board.post(.held, "2")
        let first = await board.changes(since: 0)
        #expect(first.sections.map(\.1) == ["1", "2"])
        await board.post(.held, "2")
        #expect(await board.changes(since: first.version).sections.isEmpty)
        await board.post(.now, "3")
        #expect(await board.changes(since: first.version).sections.map(\.1) == ["3"])
        #expect(await board.state == #"{"held":2,"now":3}"#)
    }

    @Test("there is room for so many watchers, and again when one is let go")
    func bounded() async throws {
        let board = ConsoleBoard()
        var watchers: [ConsoleWatcher] = []
        for _ in 0..<ConsoleBoard.mostWatchers { watchers.append(try await board.join()) }
        await #expect(throws: HTTPError.self) { _ = try await board.join() }
        watchers.removeAll()
        while await board.isWatched { await Task.yield() }
        _ = try await board.join()
    }

    @Test("what costs much is done the more seldom")
    func pace() {
        var pace = Pace(.seconds(1))
        let start = ContinuousClock.now
        #expect(pace.isDue(start))
        pace.done(since: start, now: start + .milliseconds(2))
        #expect(!pace.isDue(start + .milliseconds(1_001)))
        #expect(pace.isDue(start + .milliseconds(1_002)))
        pace.done(since: start, now: start + .seconds(1))
        #expect(!pace.isDue(start + .seconds(100)))
        pace.hurry()
        #expect(pace.isDue(start))
    }

    @Test("a group that has something to read and does not move has stopped; one that is slow has not")
    func stopped() {
        var watch = ConsumerWatch()
        let start = ContinuousClock.now
        func progress(_ group: String, lag: Int64, position: Int64) -> ConsumerProgress {
            ConsumerProgress(group: group, topic: "t", lag: lag, position: position, hasMembers: group != "gone")
        }
        for step in 0...7 {
            let now = start + .seconds(5) * step
            watch.add(
                [
                    progress("stuck", lag: 10 + Int64(step), position: 5),
                    progress("slow", lag: 1_000 * Int64(step), position: Int64(step)),
                    progress("idle", lag: 0, position: 5), progress("gone", lag: 0, position: 5),
                ], at: now)
            #expect(watch.stopped(now: now) == (step >= 6 ? ["stuck"] : []))
        }
        #expect(watch.section.rows.map(\.rate) == [0, 0, 0.2, 0])
        #expect(watch.findings(now: start + .seconds(35)).map(\.id) == [.consumerStopped])
        watch.add([progress("gone", lag: 1, position: 5)], at: start + .seconds(40))
        #expect(watch.findings(now: start + .seconds(40)).map(\.severity) == [.error])
    }
}
