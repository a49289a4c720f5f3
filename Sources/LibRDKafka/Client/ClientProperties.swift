import CLibRDKafka

/// librdkafka properties in the order in which they are set; a later one wins.
struct ClientProperties {
    private var entries: [(name: String, value: String)] = []

    init(bootstrapServers: String, clientID: String) {
        set("bootstrap.servers", bootstrapServers)
        set("client.id", clientID)
        set("socket.nagle.disable", true)
    }

    mutating func set(_ name: String, _ value: String) {
        entries.append((name, value))
    }

    mutating func set(_ name: String, _ value: Bool) {
        set(name, value ? "true" : "false")
    }

    mutating func set(_ name: String, _ value: Int?) {
        if let value { set(name, String(value)) }
    }

    mutating func set(_ name: String, milliseconds duration: Duration?) {
        if let duration { set(name, Int(duration.roundedMilliseconds)) }
    }

    /// The value that counts.
    subscript(name: String) -> String? { entries.last { $0.name == name }?.value }

    /// In the order of their names, so that a bad one is always the same one.
    mutating func override(with properties: [String: String]) {
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) { set(name, value) }
    }

    /// A configuration object that the caller owns until `rd_kafka_new` takes it.
    ///
    /// - Throws: ``KafkaError`` with `.invalidArgument` that names the property and what is wrong with it.
    func makeConfiguration() throws(KafkaError) -> OpaquePointer {
        guard let configuration = rd_kafka_conf_new() else {
            throw KafkaError(.systemResource, "librdkafka gave no configuration object")
        }
        let reason = ErrorText()
        for (name, value) in entries {
            if rd_kafka_conf_set(configuration, name, value, reason.buffer, reason.size) != RD_KAFKA_CONF_OK {
                rd_kafka_conf_destroy(configuration)
                throw KafkaError(.invalidArgument, "Kafka property \(name): \(reason.text)")
            }
        }
        return configuration
    }
}
