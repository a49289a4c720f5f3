import LibRDKafka
import OutboxTelemetry

extension ConsumerConfiguration {
    /// The user's properties.
    /// - Parameter consumer: whether for the consumer; other clients would complain about what only it knows.
    func clientProperties(consumer: Bool) -> [String: String] {
        consumer ? kafkaProperties : kafkaProperties.filter { !Self.consumerProperties.contains($0.key) }
    }

    func kafkaConsumer(logger: Logger) -> KafkaConsumerConfiguration {
        var settings = KafkaConsumerConfiguration(
            bootstrapServers: bootstrapServers, groupID: name, log: logger.takingKafkaLines)
        settings.clientID = name
        settings.groupInstanceID = groupInstance
        settings.statisticsInterval = .seconds(2)
        // Where the database's offset does not fit, we decide.
        settings.autoOffsetReset = .error
        settings.assignmentStrategy =
            switch assignment {
            case .cooperativeSticky: .cooperativeSticky
            case .range: .range
            case .roundRobin: .roundRobin
            }
        settings.properties = [
            "socket.nagle.disable": "true",
            // A broker that is back is found within a second, rather than ten.
            "reconnect.backoff.max.ms": "1000",
            // Once so much is fetched ahead, librdkafka looks only a second later whether there is room again: it must
            // be more than a second's work.
            "queued.min.messages": "100000",
            "queued.max.messages.kbytes": "\(max(1, bufferedBytes / 2 / 1024))",
        ]
        // A pattern must not match the dead letters of what it matches.
        if topics.contains(where: { $0.hasPrefix("^") }) {
            let suffix = deadLetterSuffix.replacing(".", with: "[.]")
            settings.properties["topic.blacklist"] = "^.*\(suffix)$"
        }
        settings.properties.merge(clientProperties(consumer: true)) { _, users in users }
        return settings
    }

    private static let consumerProperties: Set<String> = [
        "session.timeout.ms", "heartbeat.interval.ms", "max.poll.interval.ms", "group.instance.id",
        "partition.assignment.strategy", "fetch.wait.max.ms", "fetch.min.bytes", "fetch.max.bytes",
        "fetch.message.max.bytes", "max.partition.fetch.bytes", "fetch.error.backoff.ms", "queued.min.messages",
        "queued.max.messages.kbytes", "fetch.queue.backoff.ms", "isolation.level", "check.crcs",
        "coordinator.query.interval.ms",
        "group.protocol.type", "topic.blacklist",
    ]
}

extension Logger {
    /// Takes librdkafka's log lines.
    var takingKafkaLines: @Sendable (KafkaLogLine) -> Void {
        { line in
            let level: Logger.Level =
                switch line.level {
                case .emergency, .alert, .critical: .critical
                case .error: .error
                case .warning: .warning
                case .notice: .notice
                case .info: .info
                case .debug: .debug
                }
            log(level: level, line.message, metadata: ["facility": .string(line.facility)])
        }
    }
}
