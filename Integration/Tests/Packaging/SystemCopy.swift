import Foundation
import Servers
import Testing

/// A copy of this system to install on: what is changed there stays in a temporary folder.
struct SystemCopy {
    /// `/mnt` on the copy.
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Puts the package there, as `/mnt/outbox.deb`.
    func add(_ package: BuiltPackage) throws {
        try FileManager.default.copyItem(atPath: package.path, toPath: "\(folder.path)/outbox.deb")
    }

    /// Writes a file in `/mnt`.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
    }

    /// Starts a shell command.
    func start(_ command: String) throws -> ChildProcess { try onCopy(["sh", "-c", command]) }

    /// Boots the copy for shell commands, which end at the first that fails, and it with them.
    func boot(_ commands: String) throws -> ChildProcess {
        try write("#!/bin/sh\nexec >/mnt/boot.log 2>&1\nset -eux\n\(commands)\n", to: "commands")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/commands")
        return try onCopy(["--boot", "/mnt/commands"])
    }

    /// What the commands wrote for which the copy was booted.
    var bootLog: String { ProcessOutput(path: "\(folder.path)/boot.log").text }

    private func onCopy(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess("\(Checkout.path)/Integration/Packaging/on-copy.sh", [folder.path] + arguments)
    }

    /// Runs a shell command to its end, which must be a good one.
    ///
    /// - Returns: what it wrote to standard output.
    @discardableResult
    func run(_ command: String) async throws -> String {
        let process = try start(command)
        try await process.waitForSuccess(within: .seconds(120))
        return process.output.text
    }

    /// A file that was made or changed there, as a path here.
    func path(of file: String) -> String { "\(folder.path)/changes\(file)" }

    /// The files that were made or changed there, but for what dpkg, systemd and logs note for themselves.
    func changes() throws -> [String] {
        let noted = ["var/lib/dpkg", "var/log", "var/cache", "var/lib/systemd/deb-systemd-helper"]
        let base = path(of: "")
        let paths = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return paths.filter { path in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: "\(base)/\(path)", isDirectory: &isFolder)
            return !(exists && isFolder.boolValue) && !noted.contains { path.hasPrefix($0) }
        }
    }

    /// Whether the built tool runs on such a copy.
    static func canBeMade() async -> Bool {
        guard let copy = try? SystemCopy(), let tool = try? BuiltTool.outbox.path,
            (try? FileManager.default.copyItem(atPath: tool, toPath: "\(copy.folder.path)/outbox")) != nil,
            let process = try? copy.start("command -v dpkg setpriv && /mnt/outbox --version")
        else { return false }
        return (try? await process.waitForExit(within: .seconds(60)))?.isSuccess ?? false
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test where no package can be installed on a copy of this system.
    static var requiresCopyOfSystem: Self {
        .enabled("needs root, dpkg and overlay mounts, to install on a copy of this system") {
            await SystemCopy.canBeMade()
        }
    }
}
