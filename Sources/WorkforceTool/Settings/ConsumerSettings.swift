import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import OutboxHTTP
import QueryCache
import Workforce

/// What the commands share that keep the read model.
enum ConsumerSettings {
    private static let group = Setting(
        "WORKFORCE_GROUP", .text("name"), help: "the consumer's name and Kafka group", default: "workforce")
    private static let parallelism = Setting(
        "WORKFORCE_PARALLELISM", .integer(1...64),
        help: "partitions that are worked on at once, each on its connection",
        default: "4")
    private static let instance = Setting(
        "WORKFORCE_CONSUMER_INSTANCE", .text("name"),
        help: "this instance's name for good: restarted within the session time-out, it causes no rebalance")
    private static let inboxRetention = Setting(
        "WORKFORCE_INBOX_RETENTION", .duration(.seconds(60) ... .seconds(400 * 86_400)),
        help: "how long event ids are remembered; longer than the topics keep records", default: "720h")

    static let definitions = [
        StandardSettings.bootstrapServers.definition, group.definition, DispatcherSettings.topicTemplate.definition,
        parallelism.definition, inboxRetention.definition, instance.definition,
    ]

    static func configuration(_ invocation: Invocation) throws(UsageError) -> ConsumerConfiguration {
        var configuration = ConsumerConfiguration(
            name: try invocation.value(group),
            bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
            aggregateTypes: AggregateType.allCases.map(\.rawValue),
            topicTemplate: try invocation.value(DispatcherSettings.topicTemplate))
        configuration.kafkaProperties = invocation.kafkaProperties
        configuration.parallelism = try invocation.value(parallelism)
        configuration.groupInstance = invocation[instance]
        configuration.inboxRetention = try invocation.value(inboxRetention)
        return configuration
    }

    /// How many connections a consumer needs.
    static func connections(_ configuration: ConsumerConfiguration) -> Int { configuration.parallelism + 3 }
}

extension IdempotentConsumer {
    /// Runs until it is drained.
    ///
    /// - Throws: `UsageError` where other settings would help.
    func runOrBlameSettings() async throws {
        do {
            try await run()
        } catch let error as ConsumerError where error.code == .invalidConfiguration {
            throw UsageError("\(error)")
        }
    }

    /// What can keep it from making progress.
    var progressChecks: [HealthCheck] {
        let health = health
        return [
            HealthCheck("postgres", passes: health.isDatabaseReachable),
            HealthCheck("kafka", passes: health.isBrokerReachable),
            health.isStandby
                ? HealthCheck("assignment", .warn, detail: "no partitions: other consumers of the group have them")
                : HealthCheck("assignment", passes: health.hasAssignment, detail: "\(health.partitions) partitions"),
            HealthCheck("progress", passes: health.stalledPartitions == 0, detail: health.lastStall),
            HealthCheck("running", passes: !health.isDraining),
        ]
    }
}
