package import OutboxTelemetry
import Synchronization

/// What a dispatcher has counted and measured since it started, at one moment. Reading it costs no more than reading
/// the numbers.
package struct DispatcherFigures: Sendable {
    /// Events settled after the broker acknowledged them.
    package let published: Double
    /// Events claimed, repeated ones among them.
    package let claimed: Double
    /// Failures of events.
    package let failures: Double
    /// Events that wait, parked ones left out; counted every few seconds.
    package let backlog: Double
    /// Age of the oldest of them, in seconds.
    package let oldestAgeSeconds: Double
    /// Aggregates on hold.
    package let heldAggregates: Double
    /// Parked events.
    package let parked: Double
    /// Messages queued or in flight in the producer.
    package let producerQueue: Double
    /// Time from an event's creation to the broker's acknowledgement.
    package let delay: HistogramSnapshot
}

extension Dispatcher {
    /// What was counted and measured up to now.
    package var figures: DispatcherFigures {
        DispatcherFigures(
            published: metrics.success.value, claimed: metrics.claimRows.value, failures: metrics.failure.value,
            backlog: metrics.backlog.value, oldestAgeSeconds: metrics.oldestAge.value,
            heldAggregates: metrics.held.value, parked: metrics.parked.value,
            producerQueue: metrics.producerQueue.value, delay: metrics.delaySeconds.snapshot)
    }

    /// What keeps it from progress at present, in its own words.
    package var troubles: DispatcherTroubles { state.withLock { $0.troubles } }

    /// Its name among the dispatchers.
    package var instance: String { configuration.instance }
}
