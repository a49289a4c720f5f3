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

    /// Looks once a minute at what the table has become: all of it changes slowly, and it is to cost nothing.
    func keepTableMetrics() async {
        var hold = VacuumHold()
        while !Task.isCancelled {
            if let condition = try? await store.condition() {
                metrics.tableBytes.set(Double(condition.bytes))
                metrics.tableRows.set(Double(condition.rows))
                metrics.tableDeadRows.set(Double(condition.deadRows))
                let held = hold.duration(
                    transactions: condition.transactions, held: condition.held, at: ContinuousClock.now)
                metrics.vacuumHeld.set(held / .seconds(1))
            }
            try? await Task.sleep(for: .seconds(60))
        }
    }
}
