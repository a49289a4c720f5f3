import Synchronization

/// What is known of topics: whether they are there, and how large a message may be.
///
/// Knowledge is asked for once, shared, and grows old.
final class TopicDirectory: Sendable {
    enum State: Sendable, Equatable {
        /// - Parameters:
        ///   - maximumMessageBytes: the topic's `max.message.bytes`.
        ///   - partitions: how many it has.
        case ready(maximumMessageBytes: Int, partitions: Int32)
        /// Events of this topic can't be published now, and why.
        case unusable(reason: String)
    }

    private struct Entry {
        let state: State
        let learned: ContinuousClock.Instant
        let expires: ContinuousClock.Instant
    }

    static let readyTime: Duration = .seconds(60)
    static let unusableTime: Duration = .seconds(1)
    static let mostEntries = 10_000

    private let ask: @Sendable (String) async throws -> State
    private let now: @Sendable () -> ContinuousClock.Instant
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameter ask: asks the cluster about a topic; throws when no broker answers.
    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        ask: @escaping @Sendable (String) async throws -> State
    ) {
        self.now = now
        self.ask = ask
    }

    /// What is known, if it isn't too old.
    func known(_ topic: String) -> State? {
        let now = now()
        return entries.withLock { entries in
            entries[topic].flatMap { $0.expires > now ? $0.state : nil }
        }
    }

    /// What is known, or what the cluster says.
    ///
    /// - Parameter age: asks anew when what is known is older; `nil` for the usual time.
    /// - Throws: when no broker answers.
    func state(of topic: String, noOlderThan age: Duration? = nil) async throws -> State {
        if let age {
            let now = now()
            entries.withLock { entries in
                if let entry = entries[topic], now - entry.learned > age { entries[topic] = nil }
            }
        }
        if let known = known(topic) { return known }
        let state = try await ask(topic)
        remember(topic, state, for: state.isReady ? Self.readyTime : Self.unusableTime)
        return state
    }

    /// Asks anew next time.
    func forget(_ topic: String) {
        entries.withLock { _ = $0.removeValue(forKey: topic) }
    }

    /// The smallest and the largest limit among the topics that are ready.
    var limits: (smallest: Int, largest: Int)? {
        entries.withLock { entries in
            let limits = entries.values.compactMap { entry in
                if case .ready(let limit, _) = entry.state { limit } else { nil }
            }
            guard let smallest = limits.min(), let largest = limits.max() else { return nil }
            return (smallest, largest)
        }
    }

    private func remember(_ topic: String, _ state: State, for time: Duration) {
        let learned = now()
        let expires = learned + time
        entries.withLock { entries in
            // Names come from events: a flood of strange ones must not fill the memory.
            if entries.count >= Self.mostEntries {
                entries = entries.filter { $0.value.expires > learned && $0.value.state.isReady }
            }
            entries[topic] = Entry(state: state, learned: learned, expires: expires)
        }
    }
}

extension TopicDirectory.State {
    var isReady: Bool {
        if case .ready = self { true } else { false }
    }
}
