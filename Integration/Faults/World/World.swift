import LibPQ
import LibRDKafka
import Servers

/// The servers and processes of a run, and what lies between them.
final class World: Sendable {
    let settings: RunSettings
    /// Where the processes' logs are.
    let folder: String
    let programs: Programs
    /// The server of the outbox, with the business, and the read model's.
    let outboxServer, queryServer: PostgresServer
    let broker: KafkaBroker
    let brokerProxies: [TCPProxy]
    /// Around all proxies: what the harness itself works with.
    let outbox, query: PQPool
    /// Where the outbox's database is, or why it is where the server's others are; nil when nobody asks for one.
    let disk: Result<SmallDisk, Obstacle>?
    /// The tables' owner's.
    let outboxURL, queryURL: String
    let dispatchers, consumers: [SupervisedProcess]
    /// Between half of the writers and their database.
    let writersProxy: TCPProxy

    init(
        settings: RunSettings, folder: String, programs: Programs, outboxServer: PostgresServer,
        queryServer: PostgresServer, broker: KafkaBroker, brokerProxies: [TCPProxy], outboxURL: String,
        queryURL: String,
        disk: Result<SmallDisk, Obstacle>?
    ) throws {
        self.disk = disk
        self.settings = settings
        self.folder = folder
        self.programs = programs
        self.outboxServer = outboxServer
        self.queryServer = queryServer
        self.broker = broker
        self.brokerProxies = brokerProxies
        self.outboxURL = outboxURL
        self.queryURL = queryURL
        outbox = PQPool(PQConfiguration(url: outboxURL), maximumConnections: 4, acquireTimeout: .seconds(10))
        query = PQPool(PQConfiguration(url: queryURL), maximumConnections: 4, acquireTimeout: .seconds(10))
        writersProxy = try TCPProxy()
        writersProxy.forward(to: outboxServer.port)
        let environment = ProcessEnvironment(settings: settings, brokerProxies: brokerProxies)
        dispatchers = try (1...settings.dispatchers).map { number in
            let proxy = try TCPProxy()
            proxy.forward(to: outboxServer.port)
            let name = "dispatcher-\(number)"
            let variables = environment.dispatcher(
                name,
                database: DatabaseLogin.dispatcher.url(
                    outboxURL.replacing(":\(outboxServer.port)/", with: ":\(proxy.port)/")))
            return SupervisedProcess(name: name, database: proxy) {
                try ChildProcess(
                    programs.outbox, ["dispatch"], environment: variables, logFile: "\(folder)/\(name).log")
            }
        }
        consumers = try (1...settings.consumers).map { number in
            let proxy = try TCPProxy()
            proxy.forward(to: queryServer.port)
            let name = "consumer-\(number)"
            let variables = environment.consumer(
                database: DatabaseLogin.consumer.url(
                    queryURL.replacing(":\(queryServer.port)/", with: ":\(proxy.port)/")))
            return SupervisedProcess(name: name, database: proxy) {
                try ChildProcess(
                    programs.consumer, ["consume"] + environment.consumerArguments, environment: variables,
                    logFile: "\(folder)/\(name).log")
            }
        }
    }

    var processes: [SupervisedProcess] { dispatchers + consumers }
    var databaseProxies: [TCPProxy] { processes.map(\.database) }

    /// Runs a tool of ours to its end, as an operator unless it changes the schema.
    ///
    /// - Returns: how it ended, and what it wrote.
    func run(
        _ program: String, _ arguments: [String]
    ) async throws -> (status: ExitStatus, output: String, errors: String) {
        let environment = ProcessEnvironment(settings: settings, brokerProxies: [])
        let login = program == programs.outbox ? DatabaseLogin.of(.outbox, arguments) : nil
        let process = try ChildProcess(
            program, arguments,
            environment: environment.tool(
                outboxURL: login?.url(outboxURL) ?? outboxURL, queryURL: login?.url(queryURL) ?? queryURL,
                bootstrapServers: broker.bootstrapServers))
        let status = try await process.waitForExit(within: .seconds(180))
        return (status, process.output.text, process.errorOutput.text)
    }

    /// Runs a tool of ours to its end, which must be a good one.
    func runToSuccess(_ program: String, _ arguments: [String]) async throws {
        let (status, output, errors) = try await run(program, arguments)
        guard status.isSuccess else {
            let command = "\(program) \(arguments.joined(separator: " "))"
            throw ServerError(.exited, "\(command) ended with \(status): \(output)\(errors)")
        }
    }
}
