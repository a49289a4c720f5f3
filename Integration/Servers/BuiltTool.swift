#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import FoundationEssentials

/// Our own command-line tools, from the folder that the running program was built into.
public enum BuiltTool: String, Sendable {
    /// Dispatcher, migrations and status.
    case outbox
    /// The reference services and their consumer.
    case workforce
    /// The acceptance runbook.
    case runbook = "Runbook"
    /// The fault harness.
    case faults = "Faults"
    /// The benchmarks, for what they run in a process of its own.
    case benchmarks = "Benchmarks"
    /// What the dispatcher's speed is measured against.
    case bareLoop = "BareLoop"

    /// Where it is.
    ///
    /// - Throws: ``ServerError`` when it hasn't been built.
    public var path: String {
        get throws(ServerError) {
            let folder = try Self.folder
            let path = "\(folder)/\(rawValue)"
            guard isExecutableFile(path) else {
                throw ServerError(.notInstalled, "there is no \(rawValue) in \(folder): run `make build` first")
            }
            return path
        }
    }

    /// Starts it.
    ///
    /// - Parameters:
    ///   - arguments: its arguments.
    ///   - environment: what to change in this process's environment; nil takes a variable away.
    /// - Throws: ``ServerError`` when it hasn't been built or can't be started.
    public func start(
        _ arguments: [String], environment: [String: String?] = [:]
    ) throws(ServerError) -> ChildProcess {
        try ChildProcess(try path, arguments, environment: environment)
    }

    private static var folder: String {
        get throws(ServerError) {
            #if canImport(Darwin)
                // <build folder>/<name>.xctest/Contents/MacOS/<name>
                let program = CommandLine.arguments.first ?? ""
                let parts = program.split(separator: "/", omittingEmptySubsequences: false)
                let bundle = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.endIndex - 1
                return parts[..<bundle].joined(separator: "/")
            #else
                guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
                    throw ServerError(.system, "can't read /proc/self/exe")
                }
                return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            #endif
        }
    }
}
