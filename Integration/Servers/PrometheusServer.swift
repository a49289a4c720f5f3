import FoundationEssentials

/// A Prometheus server of our own: on loopback, on a free port, in a temporary folder. It ends with this process.
public final class PrometheusServer: Sendable {
    /// Where it answers: `127.0.0.1:port`.
    public let address: String

    private let process: ChildProcess
    private let folder: TemporaryFolder

    /// Where its program is: on `PATH`, or where `packages.sh` puts it; nil when it isn't there.
    public static var program: String? {
        let own = "\(Checkout.path)/.build/tools/usr/bin/prometheus"
        return findOnPath("prometheus") ?? (isExecutableFile(own) ? own : nil)
    }

    /// Starts it.
    ///
    /// - Parameter targets: what it reads metrics from each second: `host:port` by the name of the job.
    /// - Returns: a server that answers.
    /// - Throws: ``ServerError`` when the program isn't there, or with the end of its log when it doesn't start;
    ///   `CancellationError`.
    public static func start(targets: [String: [String]]) async throws -> PrometheusServer {
        guard let program else {
            throw ServerError(.notInstalled, "there is no program prometheus (Debian: the package prometheus)")
        }
        return try await FreePort.start { port in
            let server = try PrometheusServer(program, port: port, targets: targets)
            try await server.waitUntilReady()
            return server
        }
    }

    private init(_ program: String, port: UInt16, targets: [String: [String]]) throws {
        folder = try TemporaryFolder()
        address = "127.0.0.1:\(port)"
        let configuration = "\(folder.path)/prometheus.yml"
        try Data(Self.configuration(targets).utf8).write(to: URL(filePath: configuration))
        process = try ChildProcess(
            program,
            [
                "--config.file=\(configuration)", "--storage.tsdb.path=\(folder.path)/data",
                "--web.listen-address=\(address)", "--log.level=warn",
            ], logFile: "\(folder.path)/prometheus.log")
    }

    private static func configuration(_ targets: [String: [String]]) -> String {
        let jobs = targets.sorted { $0.key < $1.key }.map { job, addresses in
            let list = addresses.map { #""\#($0)""# }.joined(separator: ", ")
            return """
                  - job_name: \(job)
                    static_configs: [{targets: [\(list)]}]
                """
        }
        return """
            global: {scrape_interval: 1s}
            scrape_configs:
            \(jobs.joined(separator: "\n"))

            """
    }

    private func waitUntilReady() async throws {
        let client = HTTPClient(address)
        let deadline = ContinuousClock.now + .seconds(60)
        while (try? await client.get("/-/ready").status) != 200 {
            guard process.isRunning, ContinuousClock.now < deadline else {
                throw ServerError(.startFailed, "Prometheus did not start\(process.quotedOutput)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Stops it, and removes what it kept.
    public func stop() async throws {
        try await process.stop()
        folder.remove()
    }
}
