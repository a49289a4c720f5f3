import Synchronization
import Testing

@testable import OutboxDispatcher

@Suite("Topic directory")
struct TopicDirectoryTests {
    private final class Cluster: Sendable {
        let now = Mutex(ContinuousClock.now)
        let asked = Mutex(0)
        let answer = Mutex(TopicDirectory.State.ready(maximumMessageBytes: 1000, partitions: 4))

        var directory: TopicDirectory {
            TopicDirectory(now: { self.now.withLock { $0 } }) { _ in
                self.asked.withLock { $0 += 1 }
                return self.answer.withLock { $0 }
            }
        }
    }

    @Test("a topic is asked for once, and again when the knowledge is old")
    func cached() async throws {
        let cluster = Cluster()
        let directory = cluster.directory
        #expect(try await directory.state(of: "a") == .ready(maximumMessageBytes: 1000, partitions: 4))
        #expect(try await directory.state(of: "a") == .ready(maximumMessageBytes: 1000, partitions: 4))
        #expect(cluster.asked.withLock { $0 } == 1)
        cluster.now.withLock { $0 += TopicDirectory.readyTime }
        _ = try await directory.state(of: "a")
        #expect(cluster.asked.withLock { $0 } == 2)
    }

    @Test("a topic that is missing is looked for again soon")
    func missing() async throws {
        let cluster = Cluster()
        let directory = cluster.directory
        cluster.answer.withLock { $0 = .unusable(reason: "missing") }
        #expect(try await directory.state(of: "a") == .unusable(reason: "missing"))
        cluster.answer.withLock { $0 = .ready(maximumMessageBytes: 5, partitions: 4) }
        #expect(directory.known("a") == .unusable(reason: "missing"))
        cluster.now.withLock { $0 += TopicDirectory.unusableTime }
        #expect(try await directory.state(of: "a") == .ready(maximumMessageBytes: 5, partitions: 4))
    }

    @Test("who needs to know exactly can ask for younger knowledge")
    func younger() async throws {
        let cluster = Cluster()
        let directory = cluster.directory
        _ = try await directory.state(of: "a")
        cluster.answer.withLock { $0 = .ready(maximumMessageBytes: 2000, partitions: 4) }
        #expect(
            try await directory.state(of: "a", noOlderThan: .seconds(1))
                == .ready(maximumMessageBytes: 1000, partitions: 4))
        cluster.now.withLock { $0 += .seconds(2) }
        #expect(try await directory.state(of: "a") == .ready(maximumMessageBytes: 1000, partitions: 4))
        #expect(
            try await directory.state(of: "a", noOlderThan: .seconds(1))
                == .ready(maximumMessageBytes: 2000, partitions: 4))
    }

    @Test("the smallest and the largest limit are known")
    func limits() async throws {
        let cluster = Cluster()
        let directory = cluster.directory
        #expect(directory.limits == nil)
        _ = try await directory.state(of: "a")
        cluster.answer.withLock { $0 = .ready(maximumMessageBytes: 10, partitions: 4) }
        _ = try await directory.state(of: "b")
        #expect(directory.limits?.smallest == 10)
        #expect(directory.limits?.largest == 1000)
        directory.forget("a")
        #expect(directory.limits?.largest == 10)
    }

    @Test("a flood of strange names does not fill the memory")
    func bounded() async throws {
        let cluster = Cluster()
        let directory = cluster.directory
        _ = try await directory.state(of: "good")
        cluster.answer.withLock { $0 = .unusable(reason: "missing") }
        for index in 0..<TopicDirectory.mostEntries + 10 { _ = try await directory.state(of: "t\(index)") }
        #expect(directory.known("good") == .ready(maximumMessageBytes: 1000, partitions: 4))
        #expect(directory.known("t0") == nil)
    }
}
