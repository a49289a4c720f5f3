import FoundationEssentials
import Glibc
import LibPQ
import LibRDKafka

/// Runs a tool: parses its arguments, does what they say, and gives the exit status.
public struct CommandLineTool: Sendable {
    let root: Command
    let version: String

    /// - Parameters:
    ///   - root: the tool itself with its subcommands.
    ///   - version: what `--version` prints.
    public init(_ root: Command, version: String) {
        self.root = root
        self.version = version
    }

    /// Runs with this process's arguments and environment. Errors are printed to standard error.
    ///
    /// - Returns: the exit status.
    public func run() async -> Int32 {
        // A reader that went away is an error to handle, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        return await run(
            Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment,
            print: { Console.standardOutput.write($0 + "\n") },
            printError: { Console.standardError.write($0 + "\n") }
        ).rawValue
    }

    func run(
        _ arguments: [String], environment: [String: String], print: @Sendable (String) -> Void,
        printError: @Sendable (String) -> Void
    ) async -> ExitCode {
        do {
            let parser = CommandParser(root: root, version: version, environment: environment)
            switch try parser.parse(arguments) {
            case .print(let text):
                print(text)
                return .success
            case .run(let command, let invocation):
                for warning in invocation.warnings { printError("warning: \(warning)") }
                guard let action = command.action else { return .usage }
                return try await action(invocation)
            }
        } catch let error as UsageError {
            for problem in error.problems { printError("error: \(problem)") }
            return .usage
        } catch is CancellationError {
            return .failure
        } catch {
            printError("error: \(error)")
            return Self.isUnavailable(error) ? .unavailable : Self.isOfSettings(error) ? .usage : .failure
        }
    }

    /// Whether other settings would help: a way to the database that is not through a pooler.
    private static func isOfSettings(_ error: any Error) -> Bool {
        (error as? PQError)?.code == .sharedSession
    }

    /// Whether a server could not be reached.
    private static func isUnavailable(_ error: any Error) -> Bool {
        switch error {
        case let error as PQError: error.code == .connectionFailed || error.code == .poolExhausted
        case let error as KafkaError:
            error.code == .transport || error.code == .allBrokersDown || error.code == .resolve
                || error.code == .timedOut
        default: false
        }
    }
}
