import LibRDKafka
import OutboxTelemetry
import Synchronization

/// Commits offsets to Kafka, all partitions' together and not after every batch.
///
/// They are for those who watch the group's lag: where to go on is the database's to say. So a commit that fails is no
/// loss; the next one says more.
final class OffsetCommitter: Sendable {
    private struct State {
        var owned: Set<PartitionID> = []
        var pending: [PartitionID: Int64] = [:]
        var lastFlush: Task<Void, Never>?
    }

    private let state = Mutex(State())
    private let logger: Logger
    private let commit: @Sendable ([PartitionID: Int64]) async throws -> Void

    init(logger: Logger, commit: @escaping @Sendable ([PartitionID: Int64]) async throws -> Void) {
        self.logger = logger
        self.commit = commit
    }

    /// Takes a partition's offsets from now on.
    func own(_ partition: PartitionID) {
        _ = state.withLock { $0.owned.insert(partition) }
    }

    /// Forgets a partition that is given up: its next owner says what is committed.
    func forget(_ partition: PartitionID) {
        state.withLock { state in
            state.owned.remove(partition)
            state.pending[partition] = nil
        }
    }

    /// Notes that records before an offset are done with.
    func note(_ partition: PartitionID, nextOffset: Int64) {
        state.withLock { state in
            guard state.owned.contains(partition) else { return }
            state.pending[partition] = max(state.pending[partition] ?? 0, nextOffset)
        }
    }

    /// Commits what has been noted since the last time; returns when all that was noted before has been committed.
    ///
    /// One commit at a time: of two under way at once the older one might arrive last, and its offsets would stay.
    func flush() async {
        let flush = state.withLock { state in
            let flush = Task { [lastFlush = state.lastFlush] in
                await lastFlush?.value
                await commitPending()
            }
            state.lastFlush = flush
            return flush
        }
        await flush.value
    }

    private func commitPending() async {
        let offsets = state.withLock { state in
            defer { state.pending = [:] }
            return state.pending
        }
        guard !offsets.isEmpty else { return }
        do {
            try await commit(offsets)
        } catch {
            logger.debug("offsets could not be committed to Kafka", metadata: ["error": "\(error)"])
            // The next attempt takes them along, unless something newer has come.
            for (partition, offset) in offsets { note(partition, nextOffset: offset) }
        }
    }

    /// Commits now and then until the task is cancelled.
    func run(every interval: Duration) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            await flush()
        }
    }
}
