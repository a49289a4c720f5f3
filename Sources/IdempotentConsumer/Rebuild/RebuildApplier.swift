import LibPQ
import LibRDKafka
import OutboxTelemetry

/// Applies what has been read to the new tables, several partitions at once, each in its order.
struct RebuildApplier: Sendable {
    let applier: EventApplier
    let batchSize: Int
    let parallelism: Int
    let logger: Logger

    /// Applies a batch of each partition that has one.
    func applyRound(_ reader: RebuildReader) async throws {
        var ready = reader.partitions.values.filter(\.isReady)[...]
        guard !ready.isEmpty else { return }
        try await withThrowingTaskGroup(of: RebuildPartition.self) { group in
            for _ in 0..<parallelism {
                guard let partition = ready.popFirst() else { break }
                group.addTask { try await self.applyPatiently(partition) }
            }
            while let done = try await group.next() {
                reader.replace(done)
                if let partition = ready.popFirst() { group.addTask { try await self.applyPatiently(partition) } }
            }
        }
    }

    /// Applies a partition's next batch in a transaction of the caller's.
    func apply(_ partition: RebuildPartition, in transaction: PQTransaction) async throws -> RebuildPartition {
        var partition = partition
        let batch = batch(of: &partition)
        let outcome = try await applier.apply(
            batch, expected: partition.position.nextOffset, holds: partition.holds, isolating: true, in: transaction)
        partition.finish(outcome)
        return partition
    }

    /// Tries aggregates on hold once more: what failed may only have come before what it needs, of another topic.
    func retryHolds(_ reader: RebuildReader) async throws {
        let held = HeldReader(eventTypes: applier.projections.reduce(into: []) { $0.formUnion($1.eventTypes) })
        for var partition in reader.partitions.values {
            for aggregate in partition.holds.holds.keys {
                while let before = partition.holds.holds[aggregate] {
                    let retried = try await applier.retry(
                        aggregate, of: partition.id, holds: partition.holds, limit: batchSize, read: held.read)
                    partition.finish(retried.outcome)
                    guard let after = partition.holds.holds[aggregate], after.attempts == 0, after != before else {
                        break
                    }
                }
            }
            reader.replace(partition)
        }
    }

    private func applyPatiently(_ partition: RebuildPartition) async throws -> RebuildPartition {
        var failures = 0
        while true {
            do {
                return try await apply(partition)
            } catch  where FailureKind.isTransient(error) && failures < 10 && !Task.isCancelled {
                failures += 1
                logger.warning(
                    "the rebuild's batch could not be applied; trying again", metadata: ["error": "\(error)"])
                try await Task.sleep(
                    for: Backoff(base: .milliseconds(100), limit: .seconds(5)).delay(afterFailures: failures))
            }
        }
    }

    private func apply(_ partition: RebuildPartition) async throws -> RebuildPartition {
        var partition = partition
        let batch = batch(of: &partition)
        let expected = partition.position.nextOffset
        let outcome: ApplyOutcome
        do {
            outcome = try await applier.apply(batch, expected: expected, holds: partition.holds, isolating: false)
        } catch  where !FailureKind.isTransient(error) && !(error is OvertakenError) {
            outcome = try await applier.apply(batch, expected: expected, holds: partition.holds, isolating: true)
        }
        partition.finish(outcome)
        return partition
    }

    private func batch(of partition: inout RebuildPartition) -> EventBatch {
        let entries = partition.batch(limit: batchSize)
        let read = partition.read(entries)
        return EventBatch(
            partition: partition.id, events: read.events, nextOffset: entries.last.map { $0.offset + 1 } ?? 0,
            mayHaveDuplicates: false
        ) { offset in
            entries.first { $0.offset == offset }?.record.stored
        }
    }
}
