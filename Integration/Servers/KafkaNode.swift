#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Synchronization

/// One broker of a cluster of our own: its process, its ports, its folder.
final class KafkaNode: Sendable {
    let id: Int
    let log: ProcessOutput

    private let distribution: KafkaDistribution
    private let path: String
    private let heap: [String]
    private let child = Mutex<ChildProcess?>(nil)

    /// - Parameter path: a folder that holds `server.properties` and `log4j2.properties`.
    init(id: Int, distribution: KafkaDistribution, path: String, heap: [String]) {
        self.id = id
        self.distribution = distribution
        self.path = path
        self.heap = heap
        log = ProcessOutput(path: "\(path)/server.log")
    }

    var isRunning: Bool { child.withLock { $0?.isRunning ?? false } }

    var processID: Int32? { child.withLock { child in child.flatMap { $0.isRunning ? $0.processID : nil } } }

    /// Prepares the data folder, once, before the first start.
    func format(clusterID: String) async throws {
        let tool = try distribution.start(
            "kafka.tools.StorageTool", ["format", "-t", clusterID, "-c", "\(path)/server.properties"],
            configuration: "\(path)/log4j2.properties", heap: ["-Xmx128m", "-XX:TieredStopAtLevel=1"],
            logFile: "\(path)/format.log")
        try await tool.waitForSuccess(within: .seconds(120))
    }

    /// Starts it and waits until it serves.
    func start() async throws {
        guard !isRunning else { return }
        let offset = log.byteCount
        let started = try distribution.start(
            "kafka.Kafka", ["\(path)/server.properties"], configuration: "\(path)/log4j2.properties", heap: heap,
            logFile: log.path)
        child.withLock { $0 = started }
        do {
            try await started.waitForLine(containing: "Kafka Server started", from: offset, within: .seconds(180))
        } catch let error as ServerError {
            kill()
            // The cause stands far above the end of the log, which is about shutting down.
            let causes = log.lines(from: offset).map(\.text).filter {
                $0.contains(" ERROR ") || $0.contains("Caused by")
            }
            throw ServerError(
                .startFailed,
                "node \(id) did not start:\n" + causes.prefix(6).map { "    \($0)\n" }.joined() + error.message)
        } catch {
            kill()
            throw error
        }
    }

    /// Lets it hand its partitions over and end.
    func stop() async throws {
        guard let running = child.withLock({ $0 }) else { return }
        running.send(SIGTERM)
        do {
            try await running.waitForExit(within: .seconds(60))
        } catch let error as ServerError {
            running.kill()
            throw error
        }
        child.withLock { $0 = nil }
    }

    /// Ends it at once.
    func kill() {
        child.withLock { child in
            child?.kill()
            child = nil
        }
    }

    /// Freezes it: its connections stay open and nothing answers.
    func pause() { child.withLock { $0?.send(SIGSTOP) } }

    /// Lets it go on.
    func resume() { child.withLock { $0?.send(SIGCONT) } }
}
