#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The three standard files of a process to be started.
struct SpawnFiles {
    enum Input {
        case none
        case descriptor(Int32)
    }

    var input = Input.none
    /// Appended to.
    var output: String
    /// Appended to.
    var errorOutput: String
}

#if canImport(Darwin)
    private typealias FileActions = posix_spawn_file_actions_t?
    private typealias Attributes = posix_spawnattr_t?
#else
    private typealias FileActions = posix_spawn_file_actions_t
    private typealias Attributes = posix_spawnattr_t
#endif

/// Starts a program with no open files but its three standard ones and, when there is a guardian, its pipe as file 3.
///
/// - Parameter environment: `NAME=value` lines; nil takes this process's.
/// - Returns: the process id.
func spawnProcess(
    _ executable: String, _ arguments: [String], environment: [String]?, files: SpawnFiles, guardian: Int32?
) throws(ServerError) -> pid_t {
    #if canImport(Darwin)
        var actions: FileActions = nil
        var attributes: Attributes = nil
    #else
        var actions = FileActions()
        var attributes = Attributes()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
    }

    switch files.input {
    case .none: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
    }
    let appending = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 1, files.output, appending, 0o644)
    if files.errorOutput == files.output {
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
    } else {
        posix_spawn_file_actions_addopen(&actions, 2, files.errorOutput, appending, 0o644)
    }
    if let guardian { posix_spawn_file_actions_adddup2(&actions, guardian, 3) }

    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    // What was opened without O_CLOEXEC is not for the child; a server would hold it open for as long as it lives.
    for descriptor in (guardian == nil ? 3 : 4)..<Int32(min(sysconf(Int32(_SC_OPEN_MAX)), 4096)) {
        let descriptorFlags = fcntl(descriptor, F_GETFD)
        if descriptorFlags >= 0 && descriptorFlags & FD_CLOEXEC == 0 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
    }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // A process group of its own: Ctrl-C in the terminal goes to the parent alone.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var processID: pid_t = 0
    let result = withCStrings([executable] + arguments) { argumentPointers in
        guard let environment else {
            return posix_spawn(&processID, executable, &actions, &attributes, argumentPointers, environ)
        }
        return withCStrings(environment) { environmentPointers in
            posix_spawn(&processID, executable, &actions, &attributes, argumentPointers, environmentPointers)
        }
    }
    guard result == 0 else {
        throw ServerError(.system, "can't start \(executable): \(describe(errorNumber: result))")
    }
    return processID
}

/// Calls a body with a null-terminated array of C strings.
private func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the array holds at least its end") }
        return body(base)
    }
}
