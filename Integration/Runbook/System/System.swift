import LibPQ
import Servers

/// What is proved: services that run already, or that were started here.
struct System {
    let command, query: HTTPClient
    /// The metrics and health of each dispatcher.
    let dispatchers: [HTTPClient]
    /// The database that holds the outbox.
    let outbox: PQPool
    var prometheus, grafana: HTTPClient?
    let dispatcherLog: ProcessOutput?
    /// Whether tokens can be made with `WORKFORCE_JWT_SECRET`; they are asked for else.
    let hasSecret: Bool
    /// What was started here; nil when all was given.
    let started: StartedServices?

    /// Stops what was started here.
    func stop() async throws {
        await outbox.close()
        try await started?.stop()
    }
}
