import Glibc
import Servers
import Synchronization

/// A process that is started anew whenever it ends, as a supervisor would, until it is not wanted any more.
final class SupervisedProcess: Sendable {
    /// An end that nobody had asked for, or another one than was asked for.
    struct BadEnd: Sendable, Hashable {
        let name: String
        let status: String
        /// The end of its log.
        let log: String
    }

    private struct State {
        var child: ChildProcess?
        var isWanted = true
        /// The signals by which the process that runs was to end: one that is being killed may be told to stop as well.
        var signals: Set<Int32> = []
        var starts = 0
        var badEnds: [BadEnd] = []
    }

    let name: String
    /// Between it and its database.
    let database: TCPProxy
    private let start: @Sendable () throws -> ChildProcess
    private let state = Mutex(State())

    init(name: String, database: TCPProxy, start: @escaping @Sendable () throws -> ChildProcess) {
        self.name = name
        self.database = database
        self.start = start
    }

    /// How often it was started.
    var starts: Int { state.withLock { $0.starts } }
    var badEnds: [BadEnd] { state.withLock { $0.badEnds } }
    var processID: Int32? { state.withLock { $0.child?.processID } }

    /// Keeps it running until ``retire()``.
    func supervise() async throws {
        while state.withLock({ $0.isWanted }) {
            let child = try start()
            let isLate = state.withLock { state in
                state.child = child
                state.signals = []
                state.starts += 1
                return !state.isWanted
            }
            if isLate { child.send(SIGTERM) }
            while child.isRunning { try await Task.sleep(for: .milliseconds(20)) }
            note(child)
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Sends the process that runs a signal.
    ///
    /// - Returns: its process id; nil when none runs.
    @discardableResult
    func send(_ signal: Int32) -> Int32? {
        state.withLock { state in
            guard let child = state.child, child.isRunning else { return nil }
            if signal != SIGSTOP && signal != SIGCONT { state.signals.insert(signal) }
            child.send(signal)
            return child.processID
        }
    }

    /// Has it end for good; ``supervise()`` returns when it has.
    func retire() {
        state.withLock { state in
            state.isWanted = false
            state.signals.insert(SIGTERM)
            state.child?.send(SIGCONT)
            state.child?.send(SIGTERM)
        }
    }

    /// Ends it at once and for good.
    func destroy() {
        state.withLock { state in
            state.isWanted = false
            state.signals.insert(SIGKILL)
            _ = state.child?.kill()
        }
    }

    private func note(_ child: ChildProcess) {
        state.withLock { state in
            let isExpected =
                switch child.exitStatus {
                // Told to stop before it had set its handlers up, or killed.
                case .signalled(let signal): state.signals.contains(signal)
                case .exited(0): state.signals.contains(SIGTERM)
                default: false
                }
            guard !isExpected else { return }
            let asked = state.signals.sorted().map { " after signal \($0)" }.joined()
            let status = (child.exitStatus?.description ?? "unknown") + asked
            state.badEnds.append(BadEnd(name: name, status: status, log: child.errorOutput.tail(lines: 5)))
        }
    }
}
