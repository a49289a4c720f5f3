import FoundationEssentials

/// A cluster of one or three brokers of our own, on loopback, in a temporary folder.
final class KafkaCluster: Sendable {
    let nodes: [KafkaNode]
    let bootstrapServers: String
    /// The port behind each node's proxy.
    let proxiedPorts: [UInt16]
    /// Of the listener for users.
    let userBootstrapServers: String

    private let distribution: KafkaDistribution
    private let configurations: [KafkaNodeConfiguration]
    private let options: [String: String]
    private let folder: TemporaryFolder

    /// Makes a new cluster and starts it; with other ports when somebody else was faster.
    static func start(
        _ distribution: KafkaDistribution, nodes count: Int, users: KafkaUsers? = nil, options: [String: String],
        proxyPorts: [UInt16] = []
    ) async throws -> KafkaCluster {
        for attempt in 1... {
            let cluster = try KafkaCluster(
                distribution, nodes: count, users: users, options: options, proxyPorts: proxyPorts)
            do {
                try await cluster.format()
                try await cluster.forEachNode { try await $0.start() }
                return cluster
            } catch {
                let wasPortTaken = cluster.nodes.contains { $0.log.text.contains("Address already in use") }
                cluster.close()
                guard wasPortTaken && attempt < 5 else { throw error }
            }
        }
        throw ServerError(.startFailed, "found no ports for Kafka")
    }

    private init(
        _ distribution: KafkaDistribution, nodes count: Int, users: KafkaUsers?, options: [String: String],
        proxyPorts: [UInt16]
    ) throws {
        let folder = try TemporaryFolder()
        let configurations = try (1...count).map { id in
            try KafkaNodeConfiguration(id: id, proxyPort: id <= proxyPorts.count ? proxyPorts[id - 1] : nil)
        }
        let heap = environmentValue("KAFKA_HEAP_OPTS")?.split(separator: " ").map(String.init) ?? ["-Xmx256m"]
        nodes = try configurations.map { configuration in
            let path = "\(folder.path)/\(configuration.id)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try write(KafkaNodeConfiguration.logging, to: "\(path)/log4j2.properties")
            return KafkaNode(id: configuration.id, distribution: distribution, path: path, heap: heap)
        }
        bootstrapServers = configurations.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        proxiedPorts = configurations.compactMap { $0.proxied?.port }
        userBootstrapServers = configurations.map { "127.0.0.1:\($0.saslPort)" }.joined(separator: ",")
        self.distribution = distribution
        self.configurations = configurations
        self.options = options
        self.folder = folder
        try writeProperties(users: users)
    }

    /// Writes the nodes' settings, which hold from their next start on.
    func writeProperties(users: KafkaUsers?) throws {
        for configuration in configurations {
            let path = "\(folder.path)/\(configuration.id)"
            let properties = configuration.properties(
                of: configurations, dataFolder: "\(path)/data", users: users, options: options)
            try write(properties, to: "\(path)/server.properties")
        }
    }

    /// Changes access control lists, with Kafka's own tool.
    func changeAccess(_ arguments: [String]) async throws {
        let tool = try distribution.start(
            "org.apache.kafka.tools.AclCommand", ["--bootstrap-server", bootstrapServers, "--force"] + arguments,
            configuration: "\(folder.path)/1/log4j2.properties", heap: ["-Xmx128m", "-XX:TieredStopAtLevel=1"],
            logFile: "\(folder.path)/access.log")
        try await tool.waitForSuccess(within: .seconds(120))
    }

    /// The node of that number, from 1 on.
    func node(_ id: Int) throws(ServerError) -> KafkaNode {
        guard let node = nodes.first(where: { $0.id == id }) else {
            throw ServerError(.unsupported, "there is no node \(id): the cluster has nodes 1 to \(nodes.count)")
        }
        return node
    }

    /// Kills all nodes and removes the folder.
    func close() {
        for node in nodes { node.kill() }
        folder.remove()
    }

    private func format() async throws {
        // 16 random bytes in base64url, without the padding; the first bits keep it from beginning with a dash.
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[0] &= 0x7f
        let clusterID = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
        for node in nodes { try await node.format(clusterID: clusterID) }
    }

    private func forEachNode(_ body: @escaping @Sendable (KafkaNode) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { try await body(node) } }
            try await group.waitForAll()
        }
    }
}

private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
}
