#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A value that one thread at a time may use.
///
/// It rests on `pthread_mutex_t`, which the thread sanitizer knows. On Linux it does not see through the waiting of
/// `Synchronization.Mutex` and reports races where there are none, which would hide those that there are.
final class PQLock<State: Sendable>: @unchecked Sendable {
    // Unchecked holds because the state is only used with the mutex locked.
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(_ state: State) {
        self.state = state
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs a closure that has the state to itself. It must not wait for anything.
    func withLock<Value>(_ body: (inout State) -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }
}
