import LibRDKafka
import Synchronization

/// One lane's batch on its way: a part for each topic, whose answers come by themselves.
///
/// The lane waits for all parts, but not for those whose topic is found to be stuck: such a part is detached, and what
/// becomes of it is told later.
final class LaneFlight: Sendable {
    let parts: [TopicPart]
    /// Nothing was sent, for partitions are being opened; the changes of the slot's known partitions by then.
    let waitsAfter: Int?

    private struct State {
        var outcome: LaneOutcome
        /// Parts that the lane waits for.
        var awaited: Set<Int>
        var detached: Set<Int> = []
        var waiter: CheckedContinuation<Void, Never>?
    }
    private let state: Mutex<State>

    /// - Parameter outcome: what is known already.
    init(_ outcome: LaneOutcome, parts: [TopicPart], waitsAfter: Int? = nil) {
        self.parts = parts
        self.waitsAfter = waitsAfter
        state = Mutex(State(outcome: outcome, awaited: Set(parts.indices)))
    }

    /// What became of all parts but the detached ones.
    func outcome() async -> LaneOutcome {
        await withCheckedContinuation { continuation in
            let isKnown = state.withLock { state in
                if !state.awaited.isEmpty { state.waiter = continuation }
                return state.awaited.isEmpty
            }
            if isKnown { continuation.resume() }
        }
        return state.withLock { $0.outcome }
    }

    /// A part has come back.
    ///
    /// - Returns: its outcome, for itself, when the lane did not wait for it.
    func returned(_ index: Int, _ outcome: LaneOutcome) -> LaneOutcome? {
        let (late, waiter) = state.withLock { state -> (LaneOutcome?, CheckedContinuation<Void, Never>?) in
            guard state.detached.remove(index) == nil else {
                var late = outcome
                late.lateType = parts[index].aggregateType
                return (late, nil)
            }
            state.awaited.remove(index)
            state.outcome.merge(outcome)
            return (nil, state.awaited.isEmpty ? state.waiter.take() : nil)
        }
        waiter?.resume()
        return late
    }

    /// The lane waits no longer for the part of this aggregate type.
    ///
    /// - Returns: `false` when it did not wait for one.
    func detach(_ aggregateType: String) -> Bool {
        guard let index = parts.firstIndex(where: { $0.aggregateType == aggregateType }) else { return false }
        let (isDetached, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard state.awaited.remove(index) != nil else { return (false, nil) }
            state.detached.insert(index)
            state.outcome.isUnfinished = true
            return (true, state.awaited.isEmpty ? state.waiter.take() : nil)
        }
        waiter?.resume()
        return isDetached
    }

    /// The parts that the lane waits for.
    var awaited: [TopicPart] {
        state.withLock { state in state.awaited.map { parts[$0] } }
    }
}
