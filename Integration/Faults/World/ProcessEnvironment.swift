import Foundation

/// What the processes are told by their environment.
struct ProcessEnvironment: Sendable {
    let settings: RunSettings
    let brokerProxies: [TCPProxy]

    func dispatcher(_ name: String, database: String) -> [String: String?] {
        base.merging([
            "DATABASE_URL": database, "OUTBOX_INSTANCE": name, "KAFKA_BOOTSTRAP_SERVERS": bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": RunSettings.topic("{aggregateType}"),
            "OUTBOX_DISPATCH_LEASE": "\(Int(settings.lease))s", "OUTBOX_DISPATCH_INTERVAL": "1s",
            "OUTBOX_DISPATCH_MAX_RETRY": "3", "OUTBOX_DISPATCH_BACKOFF_BASE": "200ms",
            "OUTBOX_DISPATCH_DRAIN_TIMEOUT": "5s", "OUTBOX_DISPATCH_RETENTION": Self.retention,
            "OUTBOX_HTTP_ADDRESS": "off",
        ]) { $1 }
    }

    func consumer(database: String) -> [String: String?] {
        base.merging([
            "QUERY_DATABASE_URL": database, "KAFKA_BOOTSTRAP_SERVERS": bootstrapServers,
            "KAFKA_CONFIG_SESSION_TIMEOUT_MS": "6000", "KAFKA_CONFIG_TOPIC_METADATA_REFRESH_INTERVAL_MS": "2000",
        ]) { $1 }
    }

    var consumerArguments: [String] {
        let types = RunSettings.types + [RunSettings.typeWithoutTopic]
        return [
            "--group", RunSettings.group, "--topics", "^\(RunSettings.topic("").replacing(".", with: "\\."))",
            "--types", types.joined(separator: ","), "--assignment", settings.assignment,
        ]
    }

    func tool(outboxURL: String, queryURL: String, bootstrapServers: String) -> [String: String?] {
        base.merging([
            "DATABASE_URL": outboxURL, "QUERY_DATABASE_URL": queryURL, "KAFKA_BOOTSTRAP_SERVERS": bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": RunSettings.topic("{aggregateType}"),
            "OUTBOX_DISPATCH_RETENTION": Self.retention,
        ]) { $1 }
    }

    /// Longer than a run: what was committed can be compared with its rows.
    private static let retention = "168h"

    private var bootstrapServers: String { brokerProxies.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") }

    /// What the user has set for tools of their own is not for these.
    private var base: [String: String?] {
        var environment: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys
        where name.hasPrefix("OUTBOX_") || name.hasPrefix("KAFKA_CONFIG_") {
            environment.updateValue(nil, forKey: name)
        }
        return environment
    }
}
