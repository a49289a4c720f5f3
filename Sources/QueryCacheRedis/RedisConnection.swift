import Dispatch
import Synchronization

/// One connection, made when it is needed and anew after it broke.
///
/// hiredis blocks: what a connection does runs on a queue of its own, which has a thread while it has work, so that
/// nobody but its callers waits.
final class RedisConnection: @unchecked Sendable {
    // Unchecked holds because what is not constant is used on the queue only.
    private let configuration: RedisConfiguration
    private let queue = DispatchQueue(label: "redis")
    private var session: RedisSession?
    private var backoff = RedisBackoff()
    private var isClosed = false
    private let waiting = Atomic<Int>(0)

    init(_ configuration: RedisConfiguration) { self.configuration = configuration }

    /// How many calls have not ended yet.
    var load: Int { waiting.load(ordering: .relaxed) }

    /// Makes calls together; each has a reply, which may say that it failed. They may be made twice.
    func run(_ calls: [RedisCall]) async throws(RedisError) -> [RedisReply] {
        let deadline = ContinuousClock.now + configuration.commandTimeout
        return try await onQueue { connection throws(RedisError) in try connection.run(calls, startingBy: deadline) }
    }

    /// Closes it; calls fail from then on.
    func close() async {
        try? await onQueue { connection in
            connection.isClosed = true
            connection.session = nil
        }
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (RedisConnection) throws(RedisError) -> Value
    ) async throws(RedisError) -> Value {
        waiting.wrappingAdd(1, ordering: .relaxed)
        let result: Result<Value, RedisError> = await withCheckedContinuation { continuation in
            queue.async { [self] in
                let result = Result { () throws(RedisError) in try body(self) }
                waiting.wrappingSubtract(1, ordering: .relaxed)
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    private func run(
        _ calls: [RedisCall], startingBy deadline: ContinuousClock.Instant
    ) throws(RedisError) -> [RedisReply] {
        // Whoever waited behind a server that hangs has waited enough.
        guard .now < deadline else {
            throw RedisError(.timedOut, "Redis left no time for this within \(configuration.commandTimeout)")
        }
        let isReused = session != nil
        do {
            return try attempt(calls)
        } catch  where error.code == .connectionLost && isReused {
            // The server has closed it while it was idle, or has been restarted.
            return try attempt(calls)
        }
    }

    private func attempt(_ calls: [RedisCall]) throws(RedisError) -> [RedisReply] {
        let session = try open()
        do {
            let replies = try session.run(calls)
            backoff.succeeded()
            return replies
        } catch {
            self.session = nil
            if error.code == .timedOut { backoff.failed(error, at: .now) }
            throw error
        }
    }

    private func open() throws(RedisError) -> RedisSession {
        guard !isClosed else { throw RedisError(.closed, "the cache has been closed") }
        if let session { return session }
        if let error = backoff.reasonNotToTry(at: .now) { throw error }
        do {
            let session = try RedisSession(configuration)
            self.session = session
            return session
        } catch {
            backoff.failed(error, at: .now)
            throw error
        }
    }
}
