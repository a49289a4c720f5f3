#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Synchronization

/// A Redis server of our own: on loopback, on a free port, with nothing on disk.
///
/// What it knows ends with its process, as in a cache. It ends with this process, in whatever way this process ends.
public final class RedisServer: Sendable {
    /// The port on 127.0.0.1; the same after every restart.
    public let port: UInt16

    private let program: String
    private let options: [String]
    private let folder: TemporaryFolder
    private let child = Mutex<ChildProcess?>(nil)

    /// Starts a server.
    ///
    /// - Parameter options: settings of `redis.conf` by name, such as `["requirepass": "secret"]`.
    /// - Returns: a server that takes connections.
    /// - Throws: ``ServerError`` when there is none on this machine or it doesn't start; `CancellationError`.
    public static func start(options: [String: String] = [:]) async throws -> RedisServer {
        // Where packages.sh puts it.
        let candidates = [findOnPath("redis-server"), "\(Checkout.path)/.build/tools/usr/bin/redis-server"]
        guard
            let program = (candidates + [findOnPath("valkey-server")]).compactMap({ $0 }).first(where: isExecutableFile)
        else {
            throw ServerError(
                .notInstalled, "there is no redis-server: run Integration/Setup/packages.sh servers, or install it")
        }
        return try await FreePort.start { port in
            let server = RedisServer(program: program, port: port, options: options, folder: try TemporaryFolder())
            try await server.start()
            return server
        }
    }

    private init(program: String, port: UInt16, options: [String: String], folder: TemporaryFolder) {
        self.program = program
        self.port = port
        self.folder = folder
        self.options = options.sorted { $0.key < $1.key }.flatMap { ["--\($0.key)", $0.value] }
    }

    /// Its URL, of its default user and database 0.
    public var url: String { "redis://127.0.0.1:\(port)" }

    /// Kills it (`SIGKILL`); its data is gone. Start it again with ``start()``.
    public func kill() {
        child.withLock { child in
            child?.kill()
            child = nil
        }
    }

    /// Makes it hang: it takes connections, but answers nothing until ``resume()``.
    public func pause() { child.withLock { $0?.send(SIGSTOP) } }

    /// Lets it go on after ``pause()``.
    public func resume() { child.withLock { $0?.send(SIGCONT) } }

    /// Starts it again after ``kill()``, empty, on the same port; returns when it takes connections.
    public func start() async throws {
        let fixed = [
            "--bind", "127.0.0.1", "--port", "\(port)", "--save", "", "--appendonly", "no", "--dir", folder.path,
        ]
        let started = try ChildProcess(program, fixed + options)
        child.withLock { $0 = started }
        try await started.waitForLine(
            containing: "Ready to accept connections", in: .output, within: .seconds(60))
    }
}
