#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import LibPQ
import Synchronization

/// A PostgreSQL server of our own: new, on loopback, on a free port, in a temporary folder.
///
/// It keeps PostgreSQL's durable defaults (`fsync`, `synchronous_commit`, `full_page_writes` on) unless the options say
/// otherwise. It ends with this process, in whatever way this process ends, and its folder goes with it.
public final class PostgresServer: Sendable {
    /// How to stop it.
    public enum ShutdownMode: Sendable {
        /// Ends all sessions, writes a checkpoint.
        case fast
        /// Ends at once; the next start recovers from the log, as after a crash.
        case immediate

        fileprivate var signal: Int32 { self == .fast ? SIGINT : SIGQUIT }
    }

    /// The port on 127.0.0.1; the same after every restart.
    public let port: UInt16
    /// The server's log.
    public let log: ProcessOutput

    private let installation: PostgresInstallation
    private let folder: TemporaryFolder
    private let options: [String: String]
    private let child = Mutex<ChildProcess?>(nil)

    private static let sharedServer = Task { try await PostgresServer.start() }

    /// The one server that the tests of this process share; started by the first call. Make a database of your own on
    /// it with ``createDatabase(_:)``, and take a server of your own to stop it or to end sessions.
    ///
    /// - Throws: ``ServerError`` when it can't be started; then every call throws the same.
    public static func shared() async throws -> PostgresServer {
        try await sharedServer.value
    }

    /// Makes a new cluster and starts its server.
    ///
    /// - Parameter options: settings of `postgresql.conf`, such as `["fsync": "off"]`.
    /// - Returns: a server that takes connections.
    /// - Throws: ``ServerError`` with the end of the server's log when it doesn't start; `CancellationError`.
    public static func start(options: [String: String] = [:]) async throws -> PostgresServer {
        let installation = try PostgresInstallation.find()
        let folder = try TemporaryFolder()
        if let owner = installation.owner { chown(folder.path, owner.user, owner.group) }
        let initialisation = try installation.start(
            "initdb",
            [
                "--pgdata=\(folder.path)/data", "--username=postgres", "--auth=trust", "--encoding=UTF8",
                "--locale=C.UTF-8", "--no-sync",
            ], logFile: "\(folder.path)/initdb.log", lastSignal: .kill)
        try await initialisation.waitForSuccess(within: .seconds(120))

        return try await FreePort.start { port in
            let server = PostgresServer(installation: installation, folder: folder, port: port, options: options)
            try await server.start()
            return server
        }
    }

    private init(
        installation: PostgresInstallation, folder: TemporaryFolder, port: UInt16, options: [String: String]
    ) {
        self.installation = installation
        self.folder = folder
        self.port = port
        self.options = options
        log = ProcessOutput(path: "\(folder.path)/postgres.log")
    }

    /// A libpq URL of the superuser and the database `postgres`, over TCP.
    public var url: String { url(database: "postgres") }

    /// A libpq URL of the superuser and a database, over TCP.
    public func url(database: String) -> String { "postgresql://postgres@127.0.0.1:\(port)/\(database)" }

    /// A libpq URL of the superuser and a database, over the Unix socket in the server's folder.
    public func socketURL(database: String = "postgres") -> String {
        "postgresql://postgres@/\(database)?host=\(folder.path)&port=\(port)"
    }

    /// The name of the database in a URL that a server of ours gave.
    public static func databaseName(in url: String) -> String { url.split(separator: "/").last.map(String.init) ?? "" }

    /// The process id of the server's main process; nil while it is stopped.
    public var processID: Int32? {
        child.withLock { child in child.flatMap { $0.isRunning ? $0.processID : nil } }
    }

    /// Makes an empty database with a name that is unique on this server.
    ///
    /// - Parameter prefix: how the name begins: small letters, digits and underscores.
    /// - Returns: its libpq URL.
    public func createDatabase(_ prefix: String) async throws -> String {
        let name = "\(prefix)_\(String(UInt64.random(in: 0..<(1 << 40)), radix: 36))"
        try await run("CREATE DATABASE \"\(name)\"")
        return url(database: name)
    }

    /// Ends all client sessions, as an administrator or a failing proxy would.
    ///
    /// - Parameter database: only those of this database.
    public func terminateBackends(database: String? = nil) async throws {
        let condition = database.map { " AND datname = '\($0.replacing("'", with: "''"))'" } ?? ""
        try await run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()\(condition)
            """)
    }

    /// Stops and starts it; the port and the data stay.
    public func restart(mode: ShutdownMode = .fast) async throws {
        try await stop(mode: mode)
        try await start()
    }

    /// Stops it; the port and the data stay. Does nothing while it is stopped.
    public func stop(mode: ShutdownMode = .fast) async throws {
        guard let running = child.withLock({ $0 }) else { return }
        running.send(mode.signal)
        do {
            try await running.waitForExit(within: .seconds(60))
        } catch let error as ServerError {
            running.kill()
            throw error
        }
        child.withLock { $0 = nil }
    }

    /// Kills its main process (`SIGKILL`); its other processes notice and end. Start it again with ``start()``.
    public func kill() {
        child.withLock { child in
            child?.kill()
            child = nil
        }
    }

    /// Starts it again after ``stop(mode:)`` or ``kill()``, on the same port; returns when it takes connections. Does
    /// nothing while it runs.
    public func start() async throws {
        guard processID == nil else { return }
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let offset = log.byteCount
            let started = try installation.start(
                "postgres", ["-D", "\(folder.path)/data"] + settings.flatMap { ["-c", $0] }, logFile: log.path,
                lastSignal: .quit)
            child.withLock { $0 = started }
            if try await isReady(started) { return }
            child.withLock { $0 = nil }
            let text = String(decoding: log.bytes(from: offset), as: UTF8.self)
            // After a kill, the old server's processes take a moment to notice; until then the new one refuses.
            if text.contains("pre-existing shared memory block") && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
                continue
            }
            throw ServerError(.startFailed, "PostgreSQL did not start:\n\(text)")
        }
    }

    /// Stops it for good and removes its folder.
    public func close() async throws {
        try await stop(mode: .immediate)
        folder.remove()
    }

    private var settings: [String] {
        let settings = [
            "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": folder.path,
            "max_connections": "200", "log_line_prefix": "%m [%p] %d %a ", "lc_messages": "C",
            // A log of its own for the server, in one file; "fast start" is what -w of pg_ctl waits for.
            "logging_collector": "off", "timezone": "UTC",
        ].merging(options) { $1 }
        return settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    /// Waits until the server has written "ready" to its `postmaster.pid`, as `pg_ctl` does.
    ///
    /// - Returns: false when the server ended instead.
    private func isReady(_ started: ChildProcess) async throws -> Bool {
        let file = "\(folder.path)/data/postmaster.pid"
        let deadline = ContinuousClock.now + .seconds(120)
        while started.isRunning {
            let lines = ProcessOutput(path: file).lines().map(\.text)
            if lines.count >= 8, lines[0] == "\(started.processID)", lines[7].hasPrefix("ready") { return true }
            guard ContinuousClock.now < deadline else {
                started.kill()
                throw ServerError(.timedOut, "PostgreSQL was not ready after 120 s:\n\(log.tail())")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    private func run(_ sql: String) async throws {
        let connection = try await PQConnection.connect(
            PQConfiguration(url: url, applicationName: "Servers", connectTimeout: .seconds(60)))
        do {
            try await connection.run(script: sql)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }
}
