import CLibPQ

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A thread that runs one actor's jobs, so that blocking in them holds up nobody else.
///
/// While it has nothing to do it can watch a socket. The thread ends when its executor is let go.
final class PQThread: SerialExecutor {
    /// Wakes the thread out of a `poll`, also when a job called it.
    let wakeup: PQWakeup
    private let loop: Loop

    /// Starts the thread.
    /// - Parameter name: shown by debuggers; at most 15 bytes.
    /// - Throws: ``PQError/Code/connectionFailed`` if the system has no thread left.
    init(name: String) throws(PQError) {
        wakeup = try PQWakeup()
        loop = Loop(wakeup: wakeup)
        let loop = loop
        try Self.detach(name: name) { loop.run() }
    }

    deinit { loop.stop() }

    func enqueue(_ job: consuming ExecutorJob) {
        loop.enqueue(UnownedJob(job), of: self)
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    func checkIsolated() {
        precondition(loop.isCurrent, "not on the connection's thread")
    }

    /// Calls back once, on the thread, when a socket is readable and no job is waiting.
    func watch(_ socket: Int32, _ body: @escaping @Sendable () -> Void) {
        loop.watch(Watch(socket: socket, body: body))
    }

    /// Stops watching; must be called before the socket is closed.
    func unwatch() { loop.watch(nil) }

    /// Runs a closure on a new thread of its own, with all signals blocked: they are the main program's business.
    /// - Throws: ``PQError/Code/connectionFailed`` if the system has no thread left.
    static func detach(name: String, _ body: @escaping @Sendable () -> Void) throws(PQError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 1 << 20)
        var (everything, before) = (sigset_t(), sigset_t())
        sigfillset(&everything)
        pthread_sigmask(SIG_BLOCK, &everything, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let argument = Unmanaged.passRetained(ThreadBody(name: name, body: body))
        #if canImport(Glibc)
            var thread = pthread_t()
            let status = pthread_create(
                &thread, &attributes, { $0.map { ThreadBody.run($0) } ?? nil }, argument.toOpaque())
        #else
            var thread: pthread_t?
            let status = pthread_create(&thread, &attributes, { ThreadBody.run($0) }, argument.toOpaque())
        #endif
        guard status == 0 else {
            argument.release()
            throw PQError(.connectionFailed, "no thread for the connection: " + String(cString: strerror(status)))
        }
    }
}

private final class ThreadBody: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    static func run(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let thread = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
        #if canImport(Glibc)
            clibpq_set_thread_name(thread.name)
        #else
            pthread_setname_np(thread.name)
        #endif
        thread.body()
        return nil
    }
}

extension PQThread {
    private struct Watch: Sendable {
        let socket: Int32
        let body: @Sendable () -> Void
    }

    /// What the thread runs. It holds its executor only while there are jobs.
    private final class Loop: Sendable {
        private struct State {
            var jobs: [UnownedJob] = []
            var executor: PQThread?
            var watch: Watch?
            var thread: pthread_t?
            var isAsleep = false
            var isStopped = false
        }

        private enum Step {
            case run([UnownedJob], PQThread)
            case sleep(Watch?)
            case end
        }

        private let state = PQLock(State())
        private let wakeup: PQWakeup

        init(wakeup: PQWakeup) { self.wakeup = wakeup }

        var isCurrent: Bool {
            state.withLock { $0.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
        }

        func enqueue(_ job: UnownedJob, of executor: PQThread) {
            wakeIfAsleep { state in
                state.jobs.append(job)
                state.executor = executor
            }
        }

        func watch(_ watch: Watch?) { wakeIfAsleep { $0.watch = watch } }

        func stop() { wakeIfAsleep { $0.isStopped = true } }

        private func wakeIfAsleep(_ change: (inout State) -> Void) {
            let wasAsleep = state.withLock { state in
                change(&state)
                defer { state.isAsleep = false }
                return state.isAsleep
            }
            if wasAsleep { wakeup.signal() }
        }

        func run() {
            state.withLock { $0.thread = pthread_self() }
            while true {
                switch next() {
                case .run(let jobs, let executor):
                    let unowned = executor.asUnownedSerialExecutor()
                    for job in jobs { job.runSynchronously(on: unowned) }
                case .sleep(let watch): sleep(watch)
                case .end: return
                }
            }
        }

        private func next() -> Step {
            state.withLock { state in
                if let executor = state.executor, !state.jobs.isEmpty {
                    let jobs = state.jobs
                    state.jobs = []
                    state.executor = nil
                    return .run(jobs, executor)
                }
                if state.isStopped { return .end }
                state.isAsleep = true
                return .sleep(state.watch)
            }
        }

        private func sleep(_ watch: Watch?) {
            var descriptors = [
                pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: watch?.socket ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&descriptors, 2, -1)
            if descriptors[0].revents != 0 { wakeup.drain() }
            let isReady = state.withLock { state in
                state.isAsleep = false
                guard descriptors[1].revents != 0, state.watch != nil else { return false }
                state.watch = nil
                return true
            }
            if isReady { watch?.body() }
        }
    }
}
