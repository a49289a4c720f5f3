import FoundationEssentials

/// A Python with packages from PyPI: other people's programs that tests compare us with.
///
/// Made once, below `.build/python`, and kept.
public actor PythonEnvironment {
    private static let shared = PythonEnvironments()

    private let packages: [String]
    private let folder: String
    private var making: Task<String, any Error>?

    /// - Parameter packages: with their versions, as in `schemathesis==4.32.5`.
    /// - Returns: the environment of these packages, which may not have been made yet.
    public static func with(_ packages: [String]) async -> PythonEnvironment {
        await shared.with(packages)
    }

    fileprivate init(packages: [String]) {
        self.packages = packages
        let name = packages.joined(separator: "+").filter { $0 != "/" }
        folder = "\(Checkout.path)/.build/python/\(name)"
    }

    /// Makes the environment unless it is there. What has failed once is not tried again.
    ///
    /// - Returns: where its interpreter is.
    /// - Throws: ``ServerError`` when there is no `python3` that can make one, or PyPI can't be reached.
    public func interpreter() async throws -> String {
        let making = making ?? Task { try await Self.make(in: folder, packages) }
        self.making = making
        return try await making.value
    }

    private static func make(in folder: String, _ packages: [String]) async throws -> String {
        let interpreter = "\(folder)/bin/python"
        let marker = "\(folder)/complete"
        if FileManager.default.fileExists(atPath: marker) { return interpreter }
        try? FileManager.default.removeItem(atPath: folder)
        try await ChildProcess("python3", ["-m", "venv", folder]).waitForSuccess(within: .seconds(300))
        let install = ["-m", "pip", "install", "--quiet", "--no-input", "--timeout", "10", "--retries", "1"]
        try await ChildProcess(interpreter, install + packages).waitForSuccess(within: .seconds(300))
        guard FileManager.default.createFile(atPath: marker, contents: nil) else {
            throw ServerError(.system, "can't write \(marker)")
        }
        return interpreter
    }
}

/// One environment for each list of packages, so that two tests don't make the same one at the same time.
private actor PythonEnvironments {
    private var known: [[String]: PythonEnvironment] = [:]

    func with(_ packages: [String]) -> PythonEnvironment {
        if let environment = known[packages] { return environment }
        let environment = PythonEnvironment(packages: packages)
        known[packages] = environment
        return environment
    }
}
