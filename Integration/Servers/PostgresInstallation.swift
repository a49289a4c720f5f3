#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import FoundationEssentials

/// PostgreSQL's programs on this machine, and the user to run its server as.
struct PostgresInstallation: Sendable {
    /// The folder of `initdb` and `postgres`.
    let binaries: String
    /// Put before a command line to run it as another user: PostgreSQL refuses to run as root.
    let commandPrefix: [String]
    /// That other user; nil when this process isn't root.
    let owner: (user: uid_t, group: gid_t)?

    /// Looks in `POSTGRES_BIN`, in Debian's and Homebrew's places (the newest version first), and on `PATH`.
    ///
    /// - Throws: ``ServerError`` when there is none, or no way to leave root.
    static func find() throws(ServerError) -> PostgresInstallation {
        guard let binaries = candidates().first(where: { isExecutableFile("\($0)/initdb") }) else {
            throw ServerError(
                .notInstalled,
                "PostgreSQL's initdb is not on this machine: install it (Debian: apt-get install "
                    + "postgresql), or set POSTGRES_BIN to the folder that holds it")
        }
        guard geteuid() == 0 else {
            return PostgresInstallation(binaries: binaries, commandPrefix: [], owner: nil)
        }
        // setpriv replaces itself by the command; runuser and su would stay in between.
        guard let setpriv = findOnPath("setpriv") else {
            throw ServerError(
                .notInstalled,
                "PostgreSQL does not run as root, and setpriv (util-linux) is not here to leave root: "
                    + "install it, or run as another user")
        }
        for name in ["postgres", "nobody"] {
            guard let entry = getpwnam(name)?.pointee else { continue }
            return PostgresInstallation(
                binaries: binaries,
                commandPrefix: [
                    setpriv, "--reuid=\(entry.pw_uid)", "--regid=\(entry.pw_gid)", "--clear-groups", "--",
                ],
                owner: (entry.pw_uid, entry.pw_gid))
        }
        throw ServerError(.notInstalled, "there is neither a user postgres nor a user nobody to run PostgreSQL as")
    }

    private static func candidates() -> [String] {
        var folders: [String] = []
        if let folder = environmentValue("POSTGRES_BIN") { folders.append(folder) }
        for (root, prefix) in [("/usr/lib/postgresql", ""), ("/opt/homebrew/opt", "postgresql@")] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            let versions = names.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }
            folders += versions.sorted(by: >).map { "\(root)/\(prefix)\($0)/bin" }
        }
        if let program = findOnPath("initdb") {
            folders.append(program.split(separator: "/").dropLast().map { "/\($0)" }.joined())
        }
        return folders
    }

    /// Starts one of its programs as the right user.
    func start(
        _ program: String, _ arguments: [String], logFile: String, lastSignal: LastSignal
    ) throws(ServerError) -> ChildProcess {
        let commandLine = commandPrefix + ["\(binaries)/\(program)"] + arguments
        // Whatever the user has set for a client of their own is not for this server.
        let environment: [String: String?] = ["PGDATA": nil, "PGPORT": nil, "LC_ALL": "C.UTF-8"]
        return try ChildProcess(
            commandLine[0], Array(commandLine.dropFirst()), environment: environment, logFile: logFile,
            lastSignal: lastSignal)
    }
}
