#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What `strerror` says of an error number.
func describe(errorNumber: Int32) -> String {
    guard let text = strerror(errorNumber) else { return "error \(errorNumber)" }
    return String(cString: text)
}

/// Whether this user may run the file at a path.
func isExecutableFile(_ path: String) -> Bool {
    access(path, X_OK) == 0
}

/// Whether there is a file or a folder at a path.
func fileExists(_ path: String) -> Bool {
    access(path, F_OK) == 0
}

/// The value of an environment variable that is there and not empty.
func environmentValue(_ name: String) -> String? {
    guard let text = getenv(name) else { return nil }
    let value = String(cString: text)
    return value.isEmpty ? nil : value
}

/// The first program of that name on `PATH`.
func findOnPath(_ program: String) -> String? {
    for folder in (environmentValue("PATH") ?? "/usr/bin:/bin").split(separator: ":") {
        let path = "\(folder)/\(program)"
        if isExecutableFile(path) { return path }
    }
    return nil
}

/// `kill(2)`, under a name that no method hides.
func signalProcess(_ processID: pid_t, _ signal: Int32) {
    _ = kill(processID, signal)
}

/// Writes a text to standard error, at once.
func writeToStandardError(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
