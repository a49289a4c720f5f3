import OutboxTelemetry
import Synchronization
import Testing

@testable import IdempotentConsumer

@Suite("Committing offsets")
struct OffsetCommitterTests {
    private static let quiet = Logger(label: "test", handler: LogfmtHandler(output: LogOutput { _ in }))
    private let partition = PartitionID(topic: "t", partition: 0)

    /// Commits that take until they are let go on.
    private final class Broker: Sendable {
        let begun = Mutex<[Int64]>([])
        let done = Mutex<[Int64]>([])
        let goesOn = WorkQueue<Void>()

        func commit(_ offsets: [PartitionID: Int64]) async {
            let offsets = Array(offsets.values)
            begun.withLock { $0 += offsets }
            _ = await goesOn.next()
            done.withLock { $0 += offsets }
        }
    }

    private func committer(_ broker: Broker) -> OffsetCommitter {
        let committer = OffsetCommitter(logger: Self.quiet, commit: { await broker.commit($0) })
        committer.own(partition)
        return committer
    }

    @Test("of two flushes at once the newer offset comes last, and each returns when what was noted is committed")
    func order() async {
        let broker = Broker()
        let committer = committer(broker)
        committer.note(partition, nextOffset: 10)
        let first = Task { await committer.flush() }
        while broker.begun.withLock({ $0.isEmpty }) { await Task.yield() }
        committer.note(partition, nextOffset: 20)
        let second = Task {
            await committer.flush()
            return broker.done.withLock { $0 }
        }
        // Nothing more is noted, but the last word is not yet spoken.
        let third = Task {
            await committer.flush()
            return broker.done.withLock { $0 }
        }
        for _ in 0..<100 { await Task.yield() }
        #expect(broker.begun.withLock { $0 } == [10])
        broker.goesOn.push(())
        broker.goesOn.push(())
        await first.value
        #expect(await second.value == [10, 20])
        #expect(await third.value == [10, 20])
    }

    @Test("what could not be committed is taken along by the next flush, unless the partition is given up")
    func failure() async {
        struct Unreachable: Error {}
        let commits = Mutex<[[PartitionID: Int64]]>([])
        let committer = OffsetCommitter(
            logger: Self.quiet,
            commit: { offsets in
                let isFirst = commits.withLock { commits in
                    commits.append(offsets)
                    return commits.count == 1
                }
                if isFirst { throw Unreachable() }
            })
        committer.own(partition)
        let other = PartitionID(topic: "t", partition: 1)
        committer.own(other)
        committer.note(partition, nextOffset: 10)
        committer.note(other, nextOffset: 5)
        await committer.flush()
        committer.forget(other)
        await committer.flush()
        await committer.flush()
        #expect(commits.withLock { $0 } == [[partition: 10, other: 5], [partition: 10]])
    }
}
