import LibPQ
import OutboxCommandLine

/// What the runbook can be told.
enum RunbookSettings {
    static let commandURL = url(
        "COMMAND_URL", "`workforce command`; without it servers of the runbook's own are started")
    static let queryURL = url("QUERY_URL", "`workforce query`")
    static let databaseURL = StandardSettings.databaseURL.optional()
    static let metricsURLs = Setting(
        "METRICS_URL", .text("url,…"), help: "the dispatcher, or several, separated by commas")
    static let prometheusURL = url("PROMETHEUS_URL", "a Prometheus that reads the dispatcher's metrics")
    static let grafanaURL = url("GRAFANA_URL", "a Grafana with the dashboard of compose/")
    static let grafanaToken = Setting(
        "GRAFANA_TOKEN", .text("token"), help: "a token for Grafana, if it does not answer without",
        redact: { _ in "***" })
    static let dispatcherLog = Setting(
        "DISPATCHER_LOG", .text("file"), help: "the dispatcher's log, written at level debug")

    static let evidence = Option(
        "evidence", .text("folder"), help: "where evidence is left", defaultText: ".build/runbook/<time>")
    static let scenarios = Option(
        "scenarios", .text("file"), help: "other scenarios for the REST self-test than the runbook's own")
    static let wait = Option(
        "wait", .duration(.milliseconds(100) ... .seconds(600)),
        help: "the longest wait for what must come to be", defaultValue: .seconds(60), defaultText: "60s")

    static let settings = [
        commandURL.definition, queryURL.definition, databaseURL.definition, metricsURLs.definition,
        prometheusURL.definition, grafanaURL.definition, grafanaToken.definition, dispatcherLog.definition,
    ]

    private static func url(_ name: String, _ what: String) -> Setting<String> {
        Setting(
            name,
            ValueParser(valueName: "url", allowed: "a URL such as http://localhost:9090") { text in
                text.hasPrefix("http://") || text.hasPrefix("https://") ? text : nil
            }, help: "URL of \(what)")
    }
}
