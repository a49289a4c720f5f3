public import LibRDKafka

/// A Kafka broker to test against: the user's own, a cluster that we start, or librdkafka's mock cluster.
public final class KafkaBroker: Sendable {
    /// What kind of broker it is.
    public enum Kind: Sendable {
        /// Runs already; named by `KAFKA_BOOTSTRAP_SERVERS`.
        case external
        /// Started by us from `KAFKA_HOME` or `.kafka`.
        case kafkaHome
        /// librdkafka's mock cluster, in this process.
        case mock
    }

    /// What kind of broker it is.
    public let kind: Kind
    /// `host:port,…`, for clients.
    public let bootstrapServers: String
    /// For people: which broker, and where it comes from.
    public let description: String

    /// The mock cluster, to inject faults; nil for a real broker.
    public let mock: KafkaMockCluster?

    private let cluster: KafkaCluster?

    private static let sharedBroker = Task {
        let broker = try await KafkaBroker.find()
        // For the people, and for the script that adds the tests up.
        writeToStandardError("Broker: \(broker.description)\n")
        return broker
    }

    /// The one broker that the tests of this process share; started by the first call. Make topics of your own on it,
    /// and take a broker of your own (``start(nodes:options:)``) to stop or kill it.
    ///
    /// - Throws: ``ServerError`` when it can't be started; then every call throws the same.
    public static func shared() async throws -> KafkaBroker {
        try await sharedBroker.value
    }

    /// Starts a new cluster from `KAFKA_HOME` or `.kafka`. `auto.create.topics.enable` is off; replication factors
    /// are the number of nodes; with three nodes, `min.insync.replicas` is 2.
    ///
    /// - Parameters:
    ///   - nodes: 1 or 3.
    ///   - users: opens a listener for them, where access control lists hold; see ``userBootstrapServers``.
    ///   - options: broker properties; they win over ours.
    ///   - proxyPorts: where a proxy of each node listens. Clients that connect there are told to come there again;
    ///     ``proxiedPorts`` is where the proxies have to connect to.
    /// - Throws: ``ServerError`` when there is no distribution, or with the end of the broker's log when it doesn't
    ///   start; `CancellationError`.
    public static func start(
        nodes: Int = 1, users: KafkaUsers? = nil, options: [String: String] = [:], proxyPorts: [UInt16] = []
    ) async throws -> KafkaBroker {
        precondition(nodes == 1 || nodes == 3, "a cluster has one node or three")
        precondition(users == nil || proxyPorts.isEmpty, "users have no listener behind a proxy")
        // A distribution is wanted here even where a running broker is named for everything else.
        var source = try KafkaSource.find()
        if case .external = source { source = try KafkaSource.findDistribution() }
        guard case .distribution(let home, _, _) = source else {
            throw ServerError(.unsupported, "no Kafka distribution to start a broker from; there is \(source)")
        }
        let cluster = try await KafkaCluster.start(
            KafkaDistribution(home: home), nodes: nodes, users: users, options: options, proxyPorts: proxyPorts)
        return KafkaBroker(
            kind: .kafkaHome, bootstrapServers: cluster.bootstrapServers, description: "\(source)", cluster: cluster)
    }

    /// Starts a mock cluster of our own in this process, for faults that a real one can't be made to have at once.
    ///
    /// - Parameter brokers: how many brokers.
    /// - Throws: `KafkaError` when it can't be started.
    public static func startMock(brokers: Int) throws -> KafkaBroker {
        let mock = try KafkaMockCluster(brokers: brokers)
        return KafkaBroker(
            kind: .mock, bootstrapServers: mock.bootstrapServers, description: "librdkafka's mock cluster", mock: mock)
    }

    private static func find() async throws -> KafkaBroker {
        let source = try KafkaSource.find()
        switch source {
        case .external(let servers):
            return KafkaBroker(kind: .external, bootstrapServers: servers, description: "\(source)")
        case .distribution:
            return try await start()
        case .mock:
            let mock = try KafkaMockCluster()
            return KafkaBroker(
                kind: .mock, bootstrapServers: mock.bootstrapServers, description: "\(source)", mock: mock)
        }
    }

    private init(
        kind: Kind, bootstrapServers: String, description: String, cluster: KafkaCluster? = nil,
        mock: KafkaMockCluster? = nil
    ) {
        self.kind = kind
        self.bootstrapServers = bootstrapServers
        self.description = description
        self.cluster = cluster
        self.mock = mock
    }

    /// Creates a topic and waits until each of its partitions has a leader.
    ///
    /// - Parameters:
    ///   - name: its name; make it unique on a shared broker.
    ///   - partitions: how many partitions.
    ///   - settings: topic settings, such as `max.message.bytes`; the mock cluster knows none.
    /// - Throws: `KafkaError` when there is such a topic already or the broker refuses.
    public func createTopic(
        _ name: String, partitions: Int32 = 1, settings: [String: String] = [:]
    ) async throws {
        if let mock { return try mock.createTopic(name, partitions: partitions) }
        let admin = try KafkaAdmin(bootstrapServers: bootstrapServers)
        do {
            let topic = KafkaNewTopic(name, partitions: partitions, replicationFactor: -1, settings: settings)
            for result in try await admin.createTopics([topic]) {
                if let error = result.error { throw error }
            }
            try await eventually(within: .seconds(60), "topic \(name) has leaders") {
                let known = try await admin.metadata(topics: [name]).topic(name)?.partitions ?? []
                return known.count == Int(partitions) && known.allSatisfy { $0.leader >= 0 }
            }
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
    }

    /// The node numbers, from 1 on; empty for a broker that isn't ours.
    public var nodes: [Int] { cluster?.nodes.map(\.id) ?? [] }

    /// The port of each node that its proxy has to connect to, by the nodes' order; empty without proxies.
    public var proxiedPorts: [UInt16] { cluster?.proxiedPorts ?? [] }

    /// The process id of a node; nil while it is stopped.
    public func processID(node: Int = 1) throws -> Int32? { try ownCluster.node(node).processID }

    /// Kills a node (`SIGKILL`). Its ports and data stay.
    public func kill(node: Int = 1) throws { try ownCluster.node(node).kill() }

    /// Stops a node in order (`SIGTERM`): it hands its partitions over first. Its ports and data stay.
    public func stop(node: Int = 1) async throws { try await ownCluster.node(node).stop() }

    /// Starts a node again after ``kill(node:)`` or ``stop(node:)``, on the same ports; returns when it serves.
    public func start(node: Int = 1) async throws { try await ownCluster.node(node).start() }

    /// Freezes a node (`SIGSTOP`): connections stay open, nothing answers.
    public func pause(node: Int = 1) throws { try ownCluster.node(node).pause() }

    /// Lets a frozen node go on.
    public func resume(node: Int = 1) throws { try ownCluster.node(node).resume() }

    /// `host:port,…` of the listener for users; only of a cluster of our own that was started with some.
    public var userBootstrapServers: String { get throws { try ownCluster.userBootstrapServers } }

    /// Gives the users other passwords, from the nodes' next start on.
    public func setUsers(_ users: KafkaUsers) throws { try ownCluster.writeProperties(users: users) }

    /// Changes access control lists.
    ///
    /// - Parameter arguments: those of Kafka's own tool `kafka-acls`, such as `--add --allow-principal User:ada
    ///   --operation Write --topic t`.
    public func changeAccess(_ arguments: [String]) async throws { try await ownCluster.changeAccess(arguments) }

    /// A node's log so far.
    public func log(node: Int = 1) throws -> ProcessOutput { try ownCluster.node(node).log }

    /// Kills our own cluster and removes its folder; leaves an external broker alone, and the mock cluster too, which
    /// its clients must not outlive.
    public func close() { cluster?.close() }

    private var ownCluster: KafkaCluster {
        get throws(ServerError) {
            guard let cluster else {
                throw ServerError(.unsupported, "can't control \(description): start one with KafkaBroker.start()")
            }
            return cluster
        }
    }
}
