/// Runs librdkafka's blocking calls on threads of our own: as many as there are calls at once; a thread that
/// has had nothing to do for a while ends.
final class BlockingCalls: Sendable {
    static let shared = BlockingCalls()

    private struct State {
        var calls: [@Sendable () -> Void] = []
        var idleThreads = 0

        /// A call for a thread that is idle no more with it.
        mutating func take() -> (@Sendable () -> Void)? {
            guard !calls.isEmpty else { return nil }
            idleThreads -= 1
            return calls.removeFirst()
        }
    }

    private static let idleSeconds = 5
    private let state = Condition(State())

    /// - Returns: Whether `call` will run; not when the system refuses a thread for it.
    func run(_ call: @escaping @Sendable () -> Void) -> Bool {
        let handedOver = state.update { state in
            guard state.idleThreads > state.calls.count else { return false }
            state.calls.append(call)
            return true
        }
        if handedOver { return true }
        return OwnThread.start("kafka-call") { [self] in
            call()
            while let next = nextCall() { next() }
        }
    }

    private func nextCall() -> (@Sendable () -> Void)? {
        state.update { $0.idleThreads += 1 }
        let call = state.wait(atMost: Self.idleSeconds) { state in state.take() }
        if let call { return call }
        // A call handed over between the time-out and here must still run.
        return state.update { state in
            if let call = state.take() { return call }
            state.idleThreads -= 1
            return nil
        }
    }

    /// Runs `body` on a thread of ours and resumes with its result.
    func run<R: Sendable>(
        _ body: @escaping @Sendable () -> Result<R, KafkaError>
    ) async throws(KafkaError) -> R {
        typealias Answer = CheckedContinuation<Result<R, KafkaError>, Never>
        let result = await withCheckedContinuation { (continuation: Answer) in
            if !run({ continuation.resume(returning: body()) }) {
                continuation.resume(
                    returning: .failure(KafkaError(.systemResource, "the system refused a thread for a Kafka call")))
            }
        }
        return try result.get()
    }
}
