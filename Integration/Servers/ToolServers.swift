import FoundationEssentials

/// PostgreSQL, Kafka, two databases and the topics: all that our tools need, made by our tools.
public struct ToolServers: Sendable {
    public let postgres: PostgresServer
    public let broker: KafkaBroker
    /// The libpq URL of the database that holds the outbox.
    public let commandURL: String
    /// The libpq URL of the read model's database.
    public let queryURL: String

    private let name: String?

    /// Starts the servers that this process shares, and makes empty databases on them.
    ///
    /// - Parameter name: topics and the consumers' group are named after it, so as to meet nobody else's on a broker
    ///   that others use too; without one they have their usual names.
    /// - Throws: ``ServerError`` when a server can't be started; `CancellationError`.
    public static func start(name: String? = nil) async throws -> ToolServers {
        let postgres = try await PostgresServer.shared()
        return ToolServers(
            postgres: postgres, broker: try await KafkaBroker.shared(),
            commandURL: try await postgres.createDatabase("command"),
            queryURL: try await postgres.createDatabase("query"), name: name)
    }

    /// How a topic's name is made of an aggregate type's.
    public var topicTemplate: String { "\(name ?? "outbox.event").{aggregateType}" }

    /// What a tool is to be told by its environment; it logs in with the least rights that it needs.
    public func environment(of tool: BuiltTool, _ arguments: [String]) -> [String: String?] {
        guard let login = DatabaseLogin.of(tool, arguments) else { return environment }
        let urls: [String: String?] = [
            "DATABASE_URL": login.url(commandURL), "QUERY_DATABASE_URL": login.url(queryURL),
        ]
        return environment.merging(urls) { $1 }
    }

    /// What a tool is to be told that is the tables' owner.
    public var environment: [String: String?] {
        var environment: [String: String?] = [:]
        // What the user has set for tools of their own is not for these, except for how to reach their broker.
        for name in ProcessInfo.processInfo.environment.keys
        where name.hasPrefix("OUTBOX_") || name.hasPrefix("WORKFORCE_") {
            environment.updateValue(nil, forKey: name)
        }
        environment["DATABASE_URL"] = commandURL
        environment["QUERY_DATABASE_URL"] = queryURL
        environment["KAFKA_BOOTSTRAP_SERVERS"] = broker.bootstrapServers
        environment["OUTBOX_TOPIC_TEMPLATE"] = topicTemplate
        environment["OUTBOX_HTTP_ADDRESS"] = "127.0.0.1:0"
        if let name { environment["WORKFORCE_GROUP"] = name }
        // The mock cluster answers a fetch only when its wait is over, new records or not.
        if broker.kind == .mock { environment["KAFKA_CONFIG_FETCH_WAIT_MAX_MS"] = "10" }
        return environment
    }

    /// Makes schemas, roles and topics: `outbox migrate`, `workforce migrate --roles`, `outbox topics --create`.
    ///
    /// - Parameters:
    ///   - aggregateTypes: those that get a topic.
    ///   - show: gets what each tool wrote.
    /// - Throws: ``ServerError`` when a tool fails; `CancellationError`.
    public func prepare(aggregateTypes: [String], show: (String) -> Void = { _ in }) async throws {
        var steps: [(BuiltTool, [String])] = [(.outbox, ["migrate"]), (.workforce, ["migrate", "--roles"])]
        if broker.kind == .mock {
            // It knows no CreateTopics.
            for type in aggregateTypes {
                try await broker.createTopic(topicTemplate.replacing("{aggregateType}", with: type), partitions: 2)
            }
        } else {
            let types = aggregateTypes.joined(separator: ",")
            steps.append((.outbox, ["topics", "--create", "--types", types, "--partitions", "4"]))
        }
        for (tool, arguments) in steps {
            let process = try start(tool, arguments)
            try await process.waitForSuccess(within: .seconds(60))
            show(process.output.text)
            if arguments.contains("--roles") { try await DatabaseLogin.makeAll(commandURL) }
        }
    }

    /// Starts a tool on them.
    ///
    /// - Parameter changes: what else it is told by its environment.
    public func start(
        _ tool: BuiltTool, _ arguments: [String], _ changes: [String: String?] = [:]
    ) throws -> ChildProcess {
        try tool.start(arguments, environment: environment(of: tool, arguments).merging(changes) { $1 })
    }

    /// Ends the servers, except for a broker that somebody else runs.
    public func stop() async throws {
        broker.close()
        try await postgres.close()
    }
}
