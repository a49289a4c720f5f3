/// Where a Kafka broker for this run comes from, found without starting anything.
public enum KafkaSource: Sendable {
    /// One that runs already, named by `KAFKA_BOOTSTRAP_SERVERS`.
    case external(bootstrapServers: String)
    /// A distribution to start: `KAFKA_HOME`, or `.kafka` in the checkout. `from` is how it was named.
    case distribution(home: String, version: String, from: String)
    /// librdkafka's mock cluster in this process, and why nothing better.
    case mock(reason: String)

    /// Looks in the documented order: `KAFKA_BOOTSTRAP_SERVERS`, `KAFKA_HOME`, `.kafka`, mock cluster.
    ///
    /// - Throws: ``ServerError`` when `KAFKA_HOME` is set to what can't be started: a wish is not passed over silently.
    public static func find() throws(ServerError) -> KafkaSource {
        if let servers = environmentValue("KAFKA_BOOTSTRAP_SERVERS") { return .external(bootstrapServers: servers) }
        return try findDistribution()
    }

    /// The same, for a broker that must be ours: `KAFKA_HOME`, `.kafka`, mock cluster.
    public static func findDistribution() throws(ServerError) -> KafkaSource {
        if let home = environmentValue("KAFKA_HOME") {
            let distribution = try KafkaDistribution(home: home)
            return .distribution(home: home, version: distribution.version, from: "KAFKA_HOME")
        }
        let home = "\(Checkout.path)/.kafka"
        guard fileExists("\(home)/libs") else {
            return .mock(
                reason: "KAFKA_BOOTSTRAP_SERVERS and KAFKA_HOME are not set, and .kafka is not there (`make kafka`)")
        }
        do {
            let distribution = try KafkaDistribution(home: home)
            return .distribution(home: home, version: distribution.version, from: ".kafka")
        } catch {
            return .mock(reason: error.message)
        }
    }

    /// Whether it is Apache Kafka itself, or something as good that the user has named.
    public var isReal: Bool {
        if case .mock = self { false } else { true }
    }

    /// Whether brokers of our own can be started, stopped and killed.
    public var isStartable: Bool {
        if case .distribution = self { true } else { false }
    }
}

extension KafkaSource: CustomStringConvertible {
    /// For people: which broker, and where it comes from.
    public var description: String {
        switch self {
        case .external(let servers): "the broker at \(servers), named by KAFKA_BOOTSTRAP_SERVERS"
        case .distribution(_, let version, let origin): "Apache Kafka \(version), started from \(origin)"
        case .mock(let reason): "librdkafka's mock cluster: \(reason)"
        }
    }
}
