import Servers

/// The servers and processes that a run has started.
struct StartedServices {
    let servers: ToolServers
    /// In the order in which they are to be stopped.
    let processes: [ChildProcess]
    let prometheus: PrometheusServer?

    func stop() async throws {
        try await prometheus?.stop()
        for process in processes { try await process.stop(within: .seconds(30)) }
        try await servers.stop()
    }
}
