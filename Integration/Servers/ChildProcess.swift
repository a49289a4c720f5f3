#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import FoundationEssentials
import Synchronization

/// A process that this one started: its output, its signals and its end.
///
/// It never outlives this process, whatever ends this process. It has a process group of its own, an empty standard
/// input, and no open files of ours. Only its own process id is ever signalled.
public final class ChildProcess: Sendable {
    /// Its process id; the process keeps it when the program is replaced by `exec`.
    public let processID: Int32
    /// What was started, for messages.
    public let name: String
    /// Its standard output.
    public let output: ProcessOutput
    /// Its standard error; the same file as ``output`` when both were given one.
    public let errorOutput: ProcessOutput

    private let folder: TemporaryFolder?
    private let lastSignal: LastSignal
    private let guardian: Guardian
    private let status = Mutex<ExitStatus?>(nil)

    /// Puts itself on the guardian's list, then becomes the program: same process id, file 3 closed.
    private static let trampoline = #"echo "child $$:$0" >&3 && exec "$@" 3>&-"#

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: its path, or a name to be looked up on `PATH`.
    ///   - arguments: its arguments, without its name.
    ///   - environment: what to change in this process's environment; nil takes a variable away.
    ///   - logFile: a file that both of its outputs are appended to; without one they are kept apart, in a temporary
    ///     folder that goes with the last reference to this object.
    ///   - lastSignal: what ends it if it outlives this process.
    /// - Throws: ``ServerError`` when the program isn't there or the system refuses.
    public init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:],
        logFile: String? = nil, lastSignal: LastSignal = .kill
    ) throws(ServerError) {
        guard let path = executable.contains("/") ? executable : findOnPath(executable), isExecutableFile(path) else {
            throw ServerError(.notInstalled, "there is no program \(executable)")
        }
        guardian = try Guardian.shared.get()
        self.lastSignal = lastSignal
        name = path.split(separator: "/").last.map(String.init) ?? path
        if let logFile {
            folder = nil
            output = ProcessOutput(path: logFile)
            errorOutput = ProcessOutput(path: logFile)
        } else {
            let folder = try TemporaryFolder()
            self.folder = folder
            output = ProcessOutput(path: "\(folder.path)/output")
            errorOutput = ProcessOutput(path: "\(folder.path)/errors")
        }
        processID = try spawnProcess(
            "/bin/sh", ["-c", Self.trampoline, lastSignal.rawValue, path] + arguments,
            environment: Self.environment(changedBy: environment),
            files: SpawnFiles(output: output.path, errorOutput: errorOutput.path), guardian: guardian.fileDescriptor)
    }

    deinit {
        guard exitStatus == nil else { return }
        send(SIGKILL)
        reap(waiting: true)
    }

    /// How it ended; nil while it runs.
    public var exitStatus: ExitStatus? {
        reap(waiting: false)
        return status.withLock { $0 }
    }

    /// Whether it still runs.
    public var isRunning: Bool { exitStatus == nil }

    /// Sends it a signal, such as `SIGTERM`; does nothing once it has ended.
    public func send(_ signal: Int32) {
        status.withLock { status in
            // Under the lock: nobody gives the process id back in between.
            if status == nil { signalProcess(processID, signal) }
        }
    }

    /// One of a process's outputs.
    public enum OutputStream: Sendable {
        /// Standard output.
        case output
        /// Standard error, where logs go.
        case errors
    }

    /// Waits for its end.
    ///
    /// - Returns: how it ended.
    /// - Throws: ``ServerError`` with the end of its output if it still runs at the deadline; `CancellationError`.
    @discardableResult
    public func waitForExit(within limit: Duration) async throws -> ExitStatus {
        let deadline = ContinuousClock.now + limit
        while true {
            if let exitStatus { return exitStatus }
            guard ContinuousClock.now < deadline else {
                throw ServerError(.timedOut, "\(name) still runs after \(limit)\(quotedOutput)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until it has ended with code 0.
    ///
    /// - Throws: ``ServerError`` with the end of its output if it ended otherwise or still runs at the deadline.
    public func waitForSuccess(within limit: Duration) async throws {
        let status = try await waitForExit(within: limit)
        guard status.isSuccess else {
            throw ServerError(.exited, "\(name) ended with \(status)\(quotedOutput)")
        }
    }

    /// Asks it to end (`SIGTERM`), and kills it if it still runs at the deadline.
    ///
    /// - Returns: how it ended.
    @discardableResult
    public func stop(within limit: Duration = .seconds(10)) async throws -> ExitStatus {
        send(SIGTERM)
        if let status = try? await waitForExit(within: limit) { return status }
        return kill()
    }

    /// Kills it (`SIGKILL`) and waits until it is gone.
    ///
    /// - Returns: how it ended: by this signal, or otherwise before it.
    @discardableResult
    public func kill() -> ExitStatus {
        send(SIGKILL)
        reap(waiting: true)
        return status.withLock { $0 } ?? .signalled(SIGKILL)
    }

    /// Waits for a complete line in one of its outputs.
    ///
    /// - Parameters:
    ///   - text: what the line must contain.
    ///   - offset: the byte to begin at: 0 for the start, or the `end` of a line seen before.
    ///   - stream: which output; standard error, where logs go, unless told otherwise.
    ///   - limit: how long to wait.
    /// - Throws: ``ServerError`` with the end of the output if the process ended or the deadline passed without it;
    ///   `CancellationError`.
    @discardableResult
    public func waitForLine(
        containing text: String, from offset: Int = 0, in stream: OutputStream = .errors, within limit: Duration
    ) async throws -> ProcessOutput.Line {
        let deadline = ContinuousClock.now + limit
        var position = offset
        while true {
            let hasEnded = !isRunning
            for line in (stream == .output ? output : errorOutput).lines(from: position) {
                if line.text.contains(text) { return line }
                position = line.end
            }
            if hasEnded {
                throw ServerError(
                    .exited,
                    "\(name) ended (\(status.withLock { $0 }.map(\.description) ?? "")) before it said "
                        + "\"\(text)\"\(quotedOutput)")
            }
            guard ContinuousClock.now < deadline else {
                throw ServerError(.timedOut, "\(name) did not say \"\(text)\" within \(limit)\(quotedOutput)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The end of what it wrote, as an indented paragraph for an error message.
    var quotedOutput: String {
        var text = errorOutput.tail()
        if output.path != errorOutput.path { text = output.tail() + text }
        let lines = text.split(separator: "\n")
        return lines.isEmpty ? "; it wrote nothing" : ":\n" + lines.map { "    \($0)" }.joined(separator: "\n")
    }

    private func reap(waiting: Bool) {
        status.withLock { status in
            guard status == nil else { return }
            var information = siginfo_t()
            var result: Int32
            repeat {
                information = siginfo_t()
                result = waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT | (waiting ? 0 : WNOHANG))
            } while result != 0 && errno == EINTR
            // With WNOHANG, a process that still runs leaves the information empty.
            guard result == 0, information.si_signo == SIGCHLD else { return }
            // While it is a zombie, its id can't be anybody else's.
            guardian.forget(child: processID, lastSignal: lastSignal)
            var waitStatus: Int32 = 0
            while waitpid(processID, &waitStatus, 0) < 0 && errno == EINTR {}
            status = ExitStatus(waitStatus: waitStatus)
        }
    }

    private static func environment(changedBy changes: [String: String?]) -> [String]? {
        guard !changes.isEmpty else { return nil }
        var values = ProcessInfo.processInfo.environment
        for (name, value) in changes { values[name] = value }
        return values.map { "\($0.key)=\($0.value)" }
    }
}
