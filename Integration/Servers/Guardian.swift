#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Synchronization

/// Ends our child processes and removes our folders when this process ends, in whatever way it ends.
///
/// A shell in a process group of its own reads a pipe whose writing end is held by this process. The kernel closes that end
/// even when this process is killed by `SIGKILL`; the shell then signals every process still on its list, and removes
/// the folders still on its list.
///
/// A child puts itself on the list before it turns into its program (see ``ChildProcess``), and holds the pipe open
/// until then, so there is no moment in which a child could be forgotten. The parent-death signal of Linux would not
/// do: it is sent when the starting *thread* ends, and Swift's threads come and go.
final class Guardian: Sendable {
    /// The one guardian of this process, or why there is none.
    static let shared: Result<Guardian, ServerError> = Result { () throws(ServerError) in try Guardian() }

    /// The writing end of the pipe.
    let fileDescriptor: Int32

    private static let program = """
        trap '' HUP INT QUIT TERM
        children=' '
        folders='
        '
        while read -r word value; do
            case $word in
                child) children="$children$value " ;;
                gone)
                    case $children in
                        *" $value "*) children="${children%% "$value" *} ${children#* "$value" }" ;;
                    esac
                    ;;
                folder) folders="$folders$value
        " ;;
                removed)
                    case $folders in
                        *"
        $value
        "*) folders="${folders%%"
        $value
        "*}
        ${folders#*"
        $value
        "}" ;;
                    esac
                    ;;
            esac
        done
        for child in $children; do
            kill -s "${child#*:}" -- "-${child%:*}" 2>/dev/null
        done
        attempts=50
        for child in $children; do
            while [ $attempts -gt 0 ] && kill -s 0 -- "-${child%:*}" 2>/dev/null; do
                attempts=$((attempts - 1))
                sleep 0.1
            done
            kill -s KILL -- "-${child%:*}" 2>/dev/null
        done
        IFS='
        '
        set -f
        for folder in $folders; do
            rm -rf -- "$folder" 2>/dev/null || { sleep 1; rm -rf -- "$folder"; }
        done
        """

    private init() throws(ServerError) {
        // A guardian that somebody killed must not take the tests with it.
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw ServerError(.system, "can't make a pipe: \(describe(errorNumber: errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let folders = SpawnFiles(input: .descriptor(ends[0]), output: "/dev/null", errorOutput: "/dev/null")
        do {
            _ = try spawnProcess(
                "/bin/sh", ["-c", Self.program], environment: nil, files: folders, guardian: nil)
        } catch {
            close(ends[1])
            throw error
        }
        fileDescriptor = ends[1]
    }

    /// Says that a child has ended. Must be called before its process id is given back to the system.
    func forget(child processID: Int32, lastSignal: LastSignal) {
        send("gone \(processID):\(lastSignal.rawValue)\n")
    }

    /// Has a folder removed when this process ends.
    func remember(folder path: String) { send("folder \(path)\n") }

    /// Says that a folder has been removed.
    func forget(folder path: String) { send("removed \(path)\n") }

    private func send(_ line: String) {
        // Lines are far shorter than PIPE_BUF, so they are written whole.
        var line = line
        line.withUTF8 { bytes in
            while write(fileDescriptor, bytes.baseAddress, bytes.count) < 0 && errno == EINTR {}
        }
    }
}

/// The signal that ends a process which outlived this one.
public enum LastSignal: String, Sendable {
    /// At once.
    case kill = "KILL"
    /// PostgreSQL's immediate shutdown, which gives its shared memory back.
    case quit = "QUIT"
    /// An orderly end.
    case terminate = "TERM"
}
