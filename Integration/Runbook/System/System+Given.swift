import Foundation
import LibPQ
import OutboxCommandLine
import Servers

extension System {
    /// The services that the settings name; nil when they name none.
    ///
    /// - Parameter wait: the longest wait for the database.
    /// - Throws: `UsageError` when some of them are missing.
    static func given(_ invocation: Invocation, wait: Duration) throws(UsageError) -> System? {
        guard let commandURL = invocation[RunbookSettings.commandURL] else {
            let others = [RunbookSettings.queryURL, RunbookSettings.metricsURLs].filter { invocation[$0] != nil }
            guard others.isEmpty else { throw UsageError("\(others[0].name) is set, and COMMAND_URL is not") }
            return nil
        }
        let environment = ProcessInfo.processInfo.environment
        return System(
            command: HTTPClient(commandURL), query: HTTPClient(try invocation.value(RunbookSettings.queryURL)),
            dispatchers: try invocation.value(RunbookSettings.metricsURLs).split(separator: ",").map {
                HTTPClient(String($0))
            },
            outbox: PQPool(
                PQConfiguration(url: try invocation.value(RunbookSettings.databaseURL), applicationName: "runbook"),
                maximumConnections: 2, acquireTimeout: wait),
            prometheus: invocation[RunbookSettings.prometheusURL].map { HTTPClient($0) },
            grafana: grafana(invocation),
            dispatcherLog: invocation[RunbookSettings.dispatcherLog].map { ProcessOutput(path: $0) },
            hasSecret: !(environment["WORKFORCE_JWT_SECRET"] ?? "").isEmpty, started: nil)
    }

    static func grafana(_ invocation: Invocation) -> HTTPClient? {
        invocation[RunbookSettings.grafanaURL].map { url in
            let token = invocation[RunbookSettings.grafanaToken].map { ["Authorization": "Bearer \($0)"] }
            // A picture takes its time.
            return HTTPClient(url, headers: token ?? [:], timeout: .seconds(60))
        }
    }
}
