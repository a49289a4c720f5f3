import Foundation
import Glibc
import Servers

/// A disk of our own, in memory, that can be made as small as what is on it.
///
/// It is mounted in a mount namespace of this process: nobody else sees it, and it goes when the processes go.
final class SmallDisk: Sendable {
    let path: String
    private let folder: TemporaryFolder

    private static let size = "4g"
    private static let attempts = 20
    private static let marker = "FAULTS_MOUNT_NAMESPACE"

    /// Whether this process may mount what only it and its children see.
    static var isAllowed: Bool { environment[marker] != nil }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// Becomes the same program in a mount namespace of its own, where that is allowed; the process stays the same.
    ///
    /// To be called before there are threads.
    static func enterNamespace() {
        guard geteuid() == 0, environment[marker] == nil else { return }
        // An attempt that fails must not take the program with it.
        guard let probe = try? ChildProcess("unshare", ["--mount", "--propagation", "private", "true"]) else { return }
        while probe.isRunning { usleep(2000) }
        guard probe.exitStatus == .exited(0) else { return }
        setenv(marker, "1", 1)
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return }
        let words: [String] =
            ["unshare", "--mount", "--propagation", "private", program] + CommandLine.arguments.dropFirst()
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        execvp("unshare", &arguments)
    }

    /// Mounts it, where that is possible.
    static func make() async -> Result<SmallDisk, Obstacle> {
        do { return .success(try await SmallDisk()) } catch {
            return .failure(Obstacle(reason: "no disk can be mounted: \(error)"))
        }
    }

    private init() async throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // PostgreSQL's user, as in PostgresInstallation: root is none.
        let user = (getpwnam("postgres") ?? getpwnam("nobody"))?.pointee
        let owner = user.map { ",uid=\($0.pw_uid),gid=\($0.pw_gid)" } ?? ""
        try await run("mount", ["-t", "tmpfs", "-o", "size=\(Self.size),mode=700\(owner)", "tmpfs", path])
    }

    /// Takes what is free away.
    ///
    /// - Throws: `Obstacle` when it was never quick enough.
    func fill() async throws {
        var refusal: (any Error)?
        // A size below what is used is refused, and the database goes on growing between the question and the mount.
        for _ in 0..<Self.attempts {
            do { return try await shrink() } catch let error as ServerError { refusal = error }
        }
        try await free()
        throw Obstacle(reason: "the disk could not be filled: \(refusal.map { "\($0)" } ?? "")")
    }

    private func shrink() async throws {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
        guard let size = attributes[.systemSize] as? NSNumber, let free = attributes[.systemFreeSize] as? NSNumber
        else { throw ServerError(.system, "can't ask for the size of \(path)") }
        let used = size.uint64Value - free.uint64Value + 64 << 10
        try await run("mount", ["-o", "remount,size=\(used)", path])
    }

    /// Gives it back.
    func free() async throws { try await run("mount", ["-o", "remount,size=\(Self.size)", path]) }

    func close() async {
        try? await run("umount", ["--lazy", path])
        folder.remove()
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        try await ChildProcess(program, arguments).waitForSuccess(within: .seconds(60))
    }
}
