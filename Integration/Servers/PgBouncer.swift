#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import FoundationEssentials
import LibPQ
import Synchronization

/// A PgBouncer of our own in transaction mode: on loopback, on a free port, before a PostgreSQL server.
///
/// It ends with this process, in whatever way this process ends.
public final class PgBouncer: Sendable {
    /// The port on 127.0.0.1.
    public let port: UInt16

    private let program: String
    private let folder: TemporaryFolder
    private let child = Mutex<ChildProcess?>(nil)

    /// Starts one.
    ///
    /// - Parameters:
    ///   - server: where it connects to, as the user and to the database of its clients.
    ///   - settings: of `pgbouncer.ini`, such as `["default_pool_size": "3"]`; they win over ours.
    /// - Returns: a pooler that takes connections.
    /// - Throws: ``ServerError`` when there is none on this machine or it doesn't start; `CancellationError`.
    public static func start(
        before server: PostgresServer, settings: [String: String] = [:]
    ) async throws -> PgBouncer {
        let program = try find()
        return try await FreePort.start { port in
            let bouncer = try PgBouncer(program, before: server, port: port, settings: settings)
            try await bouncer.start()
            return bouncer
        }
    }

    /// Looks in `PGBOUNCER`, on `PATH`, in Debian's place, and where packages.sh puts it.
    private static func find() throws(ServerError) -> String {
        let candidates = [
            environmentValue("PGBOUNCER"), findOnPath("pgbouncer"), "/usr/sbin/pgbouncer",
            "\(Checkout.path)/.build/tools/usr/sbin/pgbouncer",
        ]
        guard let program = candidates.compactMap({ $0 }).first(where: isExecutableFile) else {
            throw ServerError(
                .notInstalled, "there is no pgbouncer: run Integration/Setup/packages.sh servers, or install it")
        }
        return program
    }

    private init(
        _ program: String, before server: PostgresServer, port: UInt16, settings: [String: String]
    ) throws {
        self.program = program
        self.port = port
        folder = try TemporaryFolder()
        let settings = [
            "listen_addr": "127.0.0.1", "listen_port": "\(port)", "unix_socket_dir": "", "pool_mode": "transaction",
            "auth_type": "trust", "auth_file": "\(folder.path)/users", "admin_users": "postgres",
            // What the server says of a lost connection is to be told to clients as soon as possible.
            "server_login_retry": "1",
        ].merging(settings) { $1 }
        let lines =
            ["[databases]", "* = host=127.0.0.1 port=\(server.port)", "[pgbouncer]"]
            + settings.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
        let users = (["postgres"] + DatabaseLogin.allCases.map(\.name)).map { "\"\($0)\" \"\"" }
        for (name, lines) in [("pgbouncer.ini", lines), ("users", users)] {
            let text = lines.map { $0 + "\n" }.joined()
            try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
        }
    }

    /// A libpq URL of the server's superuser and a database of the server, through the pooler.
    ///
    /// - Parameter direct: the URL of a database on the server.
    public func url(insteadOf direct: String) -> String {
        "postgresql://postgres@127.0.0.1:\(port)/\(PostgresServer.databaseName(in: direct))"
    }

    /// Gives a command at its console: `PAUSE`, `RESUME`, `RECONNECT`, …
    public func command(_ command: String) async throws {
        // The console knows no other queries than its own.
        let console = try await PQConnection.connect(
            PQConfiguration(
                url: "postgresql://postgres@127.0.0.1:\(port)/pgbouncer", connectTimeout: .seconds(60),
                pooling: .transaction))
        do {
            try await console.run(script: command)
        } catch {
            await console.close()
            throw error
        }
        await console.close()
    }

    /// Kills it (`SIGKILL`), and with it all connections through it.
    public func kill() {
        child.withLock { child in
            child?.kill()
            child = nil
        }
    }

    /// Starts it again after ``kill()``, on the same port; returns when it takes connections.
    public func start() async throws {
        // It does not run as root.
        let user = geteuid() == 0 ? ["--user", "nobody"] : []
        let started = try ChildProcess(program, user + ["\(folder.path)/pgbouncer.ini"])
        child.withLock { $0 = started }
        try await started.waitForLine(containing: "process up", within: .seconds(60))
    }
}
