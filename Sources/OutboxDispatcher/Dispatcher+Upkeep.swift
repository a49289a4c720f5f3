import LibPQ
import OutboxTelemetry
import Synchronization

// What goes on beside the loop.
extension Dispatcher {
    /// Takes and renews the leases on lanes.
    func keepLeases() async {
        let lease = configuration.lease
        while !Task.isCancelled {
            let start = ContinuousClock.now
            var pause: Duration = .milliseconds(500)
            do {
                let epochs = try await store.renewLeases(for: lease)
                databaseAnswered()
                // By our own clock the lease ends a little before the database's end of it.
                send(.leased(epochs: epochs, until: start + lease * 9 / 10))
                pause = epochs.count < configuration.lanes ? min(lease / 3, .seconds(1)) : lease / 3
            } catch {
                databaseFailed(error)
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// Counts the backlog, the more seldom the longer that takes.
    func keepBacklogMetrics(publisher: Publisher) async {
        while !Task.isCancelled {
            let start = ContinuousClock.now
            if let backlog = try? await store.backlog() {
                metrics.backlog.set(Double(backlog.pending))
                metrics.oldestAge.set(backlog.oldestAgeSeconds)
                metrics.held.set(Double(backlog.heldAggregates))
                metrics.parked.set(Double(backlog.parked))
            }
            metrics.producerQueue.set(Double(publisher.outstanding))
            try? await Task.sleep(for: max(.seconds(5), (.now - start) * 100))
        }
    }
}
