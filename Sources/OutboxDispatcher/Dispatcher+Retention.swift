import LibPQ
import OutboxTelemetry

extension Dispatcher {
    /// Deletes settled events that are older than the retention, or drops their partitions, while no other dispatcher
    /// does.
    func keepRetention(_ retention: DispatcherConfiguration.Retention) async {
        let age: Duration = if case .keep(let age) = retention { age } else { .zero }
        let pace = RetentionPace(age: age)
        var nextUpkeep = ContinuousClock.now
        var table: OutboxStore.RetentionTable? = .outbox
        var heldBack = 0
        var isRefused = false
        while !Task.isCancelled {
            var pause: Duration = .seconds(5)
            do {
                let start = ContinuousClock.now
                if try await !store.takeRetention() {
                    // Another dispatcher's figures count.
                    metrics.retentionLag.set(0)
                    metrics.partitionsHeldBack.set(0)
                } else if start >= nextUpkeep {
                    let upkeep = try await store.keepPartitions(olderThan: age)
                    report(upkeep, heldBackBefore: &heldBack)
                    let isBusy = upkeep.created != nil || upkeep.dropped != nil
                    nextUpkeep = isBusy ? start : start + min(max(age / 60, .seconds(1)), .seconds(30))
                    table = upkeep.partitions == 0 ? .outbox : upkeep.isSpilled ? .defaultPartition : nil
                    pause = .milliseconds(isBusy ? 100 : 0)
                } else if retention != .none, let table {
                    let swept = try await store.sweep(
                        olderThan: age, grace: pace.grace, fullWalk: pace.fullWalk, from: table)
                    metrics.deleted.increment(by: swept.deleted)
                    metrics.retentionLag.set(swept.overdueSeconds)
                    pause = min(
                        pace.pause(
                            after: .now - start, overdue: .seconds(swept.overdueSeconds), reachedEnd: swept.reachedEnd),
                        .seconds(10))
                } else {
                    pause = min(max(nextUpkeep - start, .milliseconds(100)), .seconds(5))
                }
                isRefused = false
            } catch {
                // The loop and the leases tell of outages; a refusal, such as a right that is missing, is told here.
                if (error as? PQError)?.sqlState?.hasPrefix("42") == true, !isRefused {
                    isRefused = true
                    logger.error("retention is refused, and tried again", metadata: ["error": "\(error)"])
                }
            }
            try? await Task.sleep(for: pause)
        }
    }

    private func report(_ upkeep: OutboxStore.PartitionUpkeep, heldBackBefore: inout Int) {
        metrics.partitions.set(Double(upkeep.partitions))
        metrics.partitionSpilled.set(upkeep.isSpilled ? 1 : 0)
        if let created = upkeep.created { logger.info("partition made", metadata: ["partition": "\(created)"]) }
        if let dropped = upkeep.dropped {
            metrics.partitionsDropped.increment()
            logger.info("partition of settled events dropped", metadata: ["partition": "\(dropped)"])
        }
        guard upkeep.created == nil, upkeep.dropped == nil else { return }
        metrics.partitionsHeldBack.set(Double(upkeep.heldBack))
        if upkeep.heldBack > heldBackBefore {
            logger.warning(
                "partitions are old, but hold events that are not settled, and stay",
                metadata: ["partitions": "\(upkeep.heldBack)"])
        }
        heldBackBefore = upkeep.heldBack
    }
}
