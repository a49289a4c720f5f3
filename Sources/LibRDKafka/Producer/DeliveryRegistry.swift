import Synchronization

/// The batches that are not completely reported: keeps their slots alive while librdkafka points to them.
final class DeliveryRegistry: Sendable {
    private struct State {
        var batches: [ObjectIdentifier: DeliverySlots] = [:]
        var isAbandoned = false
    }

    private let state = Mutex(State())

    func add(_ slots: DeliverySlots) {
        let isAbandoned = state.withLock { state in
            if !state.isAbandoned { state.batches[ObjectIdentifier(slots)] = slots }
            return state.isAbandoned
        }
        if isAbandoned { slots.abandon() }
    }

    func remove(_ slots: DeliverySlots) {
        _ = state.withLock { $0.batches.removeValue(forKey: ObjectIdentifier(slots)) }
    }

    /// No report will come any more.
    func abandonAll() {
        let batches = state.withLock { state in
            state.isAbandoned = true
            defer { state.batches = [:] }
            return state.batches
        }
        for slots in batches.values { slots.abandon() }
    }
}
