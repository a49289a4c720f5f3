import FoundationEssentials
import LibPQ
import LibRDKafka
import Servers

/// The whole way for one test: databases and topics of its own, made by our tools, and the processes that move events
/// through them.
struct Chain: Sendable {
    static let types = ["position", "assignment", "jobLevel", "organization"]

    let broker: KafkaBroker
    /// The command database.
    let outbox: TestDatabase
    /// The read model's database; may be the same one.
    let query: PQPool
    let queryURL: String
    /// Unique, and so is the consumers' group.
    let template: String
    let group: String

    /// Makes everything, runs a test on it, and lets it go.
    ///
    /// - Parameters:
    ///   - postgres: the shared server unless given.
    ///   - broker: the shared one unless given.
    ///   - sharesDatabase: whether the read model is kept beside the outbox.
    static func with(
        partitions: Int = 4, postgres: PostgresServer? = nil, broker: KafkaBroker? = nil, sharesDatabase: Bool = false,
        _ body: (Chain) async throws -> Void
    ) async throws {
        let server = if let postgres { postgres } else { try await PostgresServer.shared() }
        let kafka = if let broker { broker } else { try await KafkaBroker.shared() }
        let url = try await server.createDatabase("chain")
        let queryURL = sharesDatabase ? url : try await server.createDatabase("chain_query")
        let name = "e\(UUID().uuidString.prefix(8).lowercased())"
        let chain = Chain(
            broker: kafka, outbox: try await TestDatabase.make(url: url, migrate: false),
            query: PQPool(PQConfiguration(url: queryURL), maximumConnections: 8), queryURL: queryURL,
            template: "\(name).{aggregateType}", group: name)
        do {
            try await chain.run(.outbox, ["migrate"])
            try await chain.run(.workforce, ["migrate", "--roles"])
            try await DatabaseLogin.makeAll(url)
            try await chain.run(
                .outbox,
                ["topics", "--create", "--types", types.joined(separator: ","), "--partitions", "\(partitions)"])
            try await body(chain)
        } catch {
            await chain.close()
            throw error
        }
        await chain.close()
    }

    private func close() async {
        await outbox.pool.close()
        await query.close()
    }

    func topic(_ type: String = "position") -> String { template.replacing("{aggregateType}", with: type) }

    // MARK: Processes

    /// What a tool is told by its environment; it logs in with the least rights that it needs.
    func environment(of tool: BuiltTool, _ arguments: [String]) -> [String: String?] {
        guard let login = DatabaseLogin.of(tool, arguments) else { return environment }
        let urls: [String: String?] = [
            "DATABASE_URL": login.url(outbox.url), "QUERY_DATABASE_URL": login.url(queryURL),
        ]
        return environment.merging(urls) { $1 }
    }

    /// What a tool is told that is the tables' owner.
    var environment: [String: String?] {
        [
            "DATABASE_URL": outbox.url, "QUERY_DATABASE_URL": queryURL,
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "OUTBOX_TOPIC_TEMPLATE": template,
            "OUTBOX_HTTP_ADDRESS": "127.0.0.1:0", "WORKFORCE_GROUP": group,
        ]
    }

    /// Runs a tool to its end, which must be a good one.
    ///
    /// - Returns: what it wrote to standard output.
    @discardableResult
    func run(_ tool: BuiltTool, _ arguments: [String], _ changes: [String: String?] = [:]) async throws -> String {
        let process = try start(tool, arguments, changes)
        try await process.waitForSuccess(within: .seconds(60))
        return process.output.text
    }

    func start(_ tool: BuiltTool, _ arguments: [String], _ changes: [String: String?] = [:]) throws -> ChildProcess {
        try tool.start(arguments, environment: environment(of: tool, arguments).merging(changes) { $1 })
    }

    /// A dispatcher; ended at the latest with the last reference to it.
    func dispatcher(_ changes: [String: String?] = [:]) throws -> ChildProcess {
        try start(.outbox, ["dispatch"], changes)
    }

    /// A consumer; ended at the latest with the last reference to it.
    func consumer(_ changes: [String: String?] = [:]) throws -> ChildProcess {
        try start(.workforce, ["consume"], changes)
    }

    /// Settings with which a killed dispatcher's successor takes over within seconds.
    static let quickLease: [String: String?] = ["OUTBOX_DISPATCH_LEASE": "3s"]

    /// Settings with which a killed consumer's successor takes over at once.
    static let quickRejoin: [String: String?] = [
        "KAFKA_CONFIG_SESSION_TIMEOUT_MS": "6000", "KAFKA_CONFIG_GROUP_INSTANCE_ID": "only",
    ]

    // MARK: How far it has come

    func waitUntilPublished(_ count: Int, within limit: Duration = .seconds(240)) async throws {
        try await eventually(within: limit, "\(count) events are published") {
            try await outbox.count("published") >= count
        }
    }

    func waitUntilApplied(_ count: Int, within limit: Duration = .seconds(240)) async throws {
        try await eventually(within: limit, "\(count) events are applied") { try await applied() >= count }
    }

    /// How many events the consumer has in its inbox.
    func applied() async throws -> Int {
        try await queried("SELECT count(*) FROM outbox_inbox WHERE consumer = \(group)")
    }

    /// The number that a query of the read model's database answers.
    func queried(_ statement: PQStatement) async throws -> Int {
        try await query.withConnection { Int(try await $0.query(statement).int64(row: 0, column: 0)) }
    }

    func waitForFreshCache() async throws {
        try await eventually(within: .seconds(120), "every cached answer is fresh") {
            try await queried("SELECT count(*) FROM outbox_cache_keys WHERE refreshed_version < version") == 0
        }
    }

    func records(_ type: String = "position") async throws -> [KafkaRecord] {
        try await TopicReader.readAll(topic(type), bootstrapServers: broker.bootstrapServers)
    }
}
