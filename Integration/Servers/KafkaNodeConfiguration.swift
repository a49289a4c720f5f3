/// The settings of one node of a cluster of our own.
struct KafkaNodeConfiguration: Sendable {
    let id: Int
    let port: UInt16
    let controllerPort: UInt16
    /// Where clients must say who they are, if there are users.
    let saslPort: UInt16
    /// A second listener, behind a proxy: its own port, and the proxy's, which clients are told.
    let proxied: (port: UInt16, advertised: UInt16)?

    /// Takes free ports.
    ///
    /// - Parameter proxyPort: where a proxy of this node listens; nil for none.
    init(id: Int, proxyPort: UInt16? = nil) throws(ServerError) {
        self.id = id
        port = try FreePort.next()
        controllerPort = try FreePort.next()
        saslPort = try FreePort.next()
        if let proxyPort {
            proxied = (try FreePort.next(), proxyPort)
        } else {
            proxied = nil
        }
    }

    /// The text of `server.properties`.
    ///
    /// - Parameters:
    ///   - cluster: all nodes.
    ///   - users: opens a listener for them, beside the usual one.
    ///   - options: further properties; they win.
    func properties(
        of cluster: [KafkaNodeConfiguration], dataFolder: String, users: KafkaUsers?, options: [String: String]
    ) -> String {
        let replicas = "\(cluster.count)"
        let inSync = "\(min(cluster.count, 2))"
        var properties = [
            "process.roles": "broker,controller",
            "node.id": "\(id)",
            "controller.quorum.voters": cluster.map { "\($0.id)@127.0.0.1:\($0.controllerPort)" }
                .joined(separator: ","),
            "listeners": "PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controllerPort)",
            "advertised.listeners": "PLAINTEXT://127.0.0.1:\(port)",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": dataFolder,
            "auto.create.topics.enable": "false",
            "default.replication.factor": replicas,
            "min.insync.replicas": inSync,
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": "8",
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": inSync,
            "transaction.state.log.num.partitions": "4",
            "share.coordinator.state.topic.replication.factor": replicas,
            "share.coordinator.state.topic.min.isr": inSync,
            "share.coordinator.state.topic.num.partitions": "4",
            "group.initial.rebalance.delay.ms": "0",
            // Half of the default heap would go to the log cleaner's buffer.
            "log.cleaner.dedupe.buffer.size": "8388608",
        ]
        if let proxied {
            properties["listeners", default: ""] += ",PROXIED://127.0.0.1:\(proxied.port)"
            properties["advertised.listeners", default: ""] += ",PROXIED://127.0.0.1:\(proxied.advertised)"
            properties["listener.security.protocol.map"] =
                "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT"
        }
        if let users { properties.merge(securityProperties(users)) { $1 } }
        properties.merge(options) { $1 }
        return properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
    }

    private func securityProperties(_ users: KafkaUsers) -> [String: String] {
        let logins = users.passwords.sorted { $0.key < $1.key }.map { " user_\($0.key)=\"\($0.value)\"" }.joined()
        return [
            "listeners": "PLAINTEXT://127.0.0.1:\(port),SASL_PLAINTEXT://127.0.0.1:\(saslPort),"
                + "CONTROLLER://127.0.0.1:\(controllerPort)",
            "advertised.listeners": "PLAINTEXT://127.0.0.1:\(port),SASL_PLAINTEXT://127.0.0.1:\(saslPort)",
            "listener.security.protocol.map":
                "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl_plaintext.plain.sasl.jaas.config":
                "org.apache.kafka.common.security.plain.PlainLoginModule required\(logins);",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            // Who comes by the usual listener: the tests' own clients, and the brokers among themselves.
            "super.users": "User:ANONYMOUS",
        ]
    }

    /// The text of `log4j2.properties`: to standard error, which goes to the node's log.
    static let logging = """
        status = error
        appender.errors.type = Console
        appender.errors.name = errors
        appender.errors.target = SYSTEM_ERR
        appender.errors.layout.type = PatternLayout
        appender.errors.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
        rootLogger.level = info
        rootLogger.appenderRef.errors.ref = errors
        logger.clients.name = org.apache.kafka.clients
        logger.clients.level = warn
        logger.config.name = org.apache.kafka.common.config.AbstractConfig
        logger.config.level = warn
        """
}
