import FoundationEssentials
import Servers
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips the test unless the broker is a real one: the user's own, or a cluster that we start.
    static var requiresBroker: Self {
        .enabled("needs a real Kafka broker (KAFKA_BOOTSTRAP_SERVERS, KAFKA_HOME or `make kafka`)") {
            try KafkaSource.find().isReal
        }
    }

    /// Skips the test unless brokers of our own can be started, to be stopped and killed.
    static var requiresPrivateBroker: Self {
        .enabled("needs a Kafka broker of its own to stop and kill (KAFKA_HOME or `make kafka`)") {
            try KafkaSource.findDistribution().isStartable
        }
    }

    /// Skips the test unless there is a Python with packages of PyPI, which are fetched the first time.
    static func requires(pythonPackages packages: [String]) -> Self {
        .enabled("needs python3 with venv, and PyPI for \(packages.joined(separator: " and "))") {
            (try? await PythonEnvironment.with(packages).interpreter()) != nil
        }
    }

    /// Skips the test unless a program is on `PATH`.
    static func requires(program: String) -> Self {
        .enabled(if: isOnPath(program), "needs the program \(program) on PATH")
    }

    /// Skips the test unless a file of a package is there.
    static func requires(file: String, of package: String) -> Self {
        .enabled(if: FileManager.default.fileExists(atPath: file), "needs \(file), of the package \(package)")
    }
}

private func isOnPath(_ program: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}
