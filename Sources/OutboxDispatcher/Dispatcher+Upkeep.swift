import LibPQ
import OutboxTelemetry
import Synchronization

// What goes on beside the loop.
extension Dispatcher {
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
