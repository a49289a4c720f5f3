import FoundationEssentials
import LibPQ
import Servers

/// What `workforce command` stands on: a database, topics, and a token of the tenant `acme`.
struct CommandGround {
    static let secret = String(repeating: "s", count: 40)

    let environment: [String: String]
    let token: String
    private let url: String

    /// - Parameters:
    ///   - name: begins the names of the database and the topics.
    ///   - settings: beside those that it needs.
    static func make(_ name: String, settings: [String: String] = [:]) async throws -> CommandGround {
        let url = try await PostgresServer.shared().createDatabase("workforce_\(name)")
        let broker = try await KafkaBroker.shared()
        let prefix = "\(name)\(UUID().uuidString.prefix(8).lowercased())"
        for type in ["position", "assignment", "jobLevel", "organization"] {
            try await broker.createTopic("\(prefix).\(type)", partitions: 2)
        }
        let needed = [
            "DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": "\(prefix).{aggregateType}", "WORKFORCE_COMMAND_ADDRESS": "127.0.0.1:0",
            "WORKFORCE_JWT_SECRET": secret,
        ]
        let environment = needed.merging(settings) { $1 }
        try await BuiltTool.workforce.start(["migrate", "--roles"], environment: environment)
            .waitForSuccess(within: .seconds(60))
        try await DatabaseLogin.makeAll(url)
        let minting = try BuiltTool.workforce.start(
            ["token", "--user", "ada", "--tenant", "acme"], environment: environment)
        try await minting.waitForSuccess(within: .seconds(30))
        return CommandGround(
            environment: environment.merging(["DATABASE_URL": DatabaseLogin.service.url(url)]) { $1 },
            token: minting.output.text.filter { !$0.isNewline }, url: url)
    }

    func start() throws -> ChildProcess {
        try BuiltTool.workforce.start(["command", "--dispatch"], environment: environment)
    }

    func client(of service: ChildProcess) async throws -> HTTPClient {
        HTTPClient(
            try await service.httpAddress(), headers: ["Authorization": "Bearer \(token)", "X-Tenant-ID": "acme"])
    }

    func query(_ statement: PQStatement) async throws -> PQResult {
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        let result = try await connection.query(statement)
        await connection.close()
        return result
    }
}
