import Foundation
import LibPQ
import LibRDKafka
import OutboxCommandLine
import Servers
import Workforce

/// The servers and processes of the demo.
struct DemoSystem: Sendable {
    static let tenant = "demo"

    let postgres: PostgresServer
    let broker: KafkaBroker
    let commandURL, queryURL: String
    let commandPool, queryPool: PQPool
    let dispatcher, consumer: ChildProcess
    let dispatcherAddress, consumerAddress: String

    static func start(_ checklist: Checklist) async throws -> DemoSystem {
        Print.heading("Servers, on free loopback ports and in a temporary folder")
        let postgres = try await PostgresServer.shared()
        print("   PostgreSQL  127.0.0.1:\(postgres.port)")
        let broker = try await KafkaBroker.shared()
        print("   Kafka       \(broker.bootstrapServers)  (\(broker.description))")
        let commandURL = try await postgres.createDatabase("command")
        let queryURL = try await postgres.createDatabase("query")

        Print.heading("Schema and topics: outbox migrate, workforce migrate, outbox topics --create")
        try await run(.outbox, ["migrate", "--database-url", commandURL])
        try await run(.workforce, ["migrate", "--database-url", commandURL, "--query-database-url", queryURL])
        let types = AggregateType.allCases.map(\.rawValue)
        if broker.kind == .mock {
            for type in types { try await broker.createTopic("outbox.event.\(type)", partitions: 2) }
        } else {
            try await run(
                .outbox,
                [
                    "topics", "--create", "--types", types.joined(separator: ","), "--partitions", "4",
                    "--kafka-bootstrap-servers", broker.bootstrapServers,
                ])
        }

        Print.heading("Processes: outbox dispatch, workforce consume")
        var environment: [String: String?] = [
            "DATABASE_URL": commandURL, "QUERY_DATABASE_URL": queryURL,
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "OUTBOX_HTTP_ADDRESS": "127.0.0.1:0",
        ]
        // The mock cluster answers a fetch only when its wait is over, new records or not.
        if broker.kind == .mock { environment["KAFKA_CONFIG_FETCH_WAIT_MAX_MS"] = "10" }
        let dispatcher = try BuiltTool.outbox.start(["dispatch"], environment: environment)
        let consumer = try BuiltTool.workforce.start(["consume"], environment: environment)
        let system = DemoSystem(
            postgres: postgres, broker: broker, commandURL: commandURL, queryURL: queryURL,
            commandPool: PQPool(PQConfiguration(url: commandURL), maximumConnections: 4),
            queryPool: PQPool(PQConfiguration(url: queryURL), maximumConnections: 4), dispatcher: dispatcher,
            consumer: consumer, dispatcherAddress: try await dispatcher.httpAddress(),
            consumerAddress: try await consumer.httpAddress())
        do {
            try await system.waitUntilReady()
        } catch {
            await system.stop()
            throw error
        }
        checklist.check("dispatcher and consumer are ready (/readyz)", true)
        return system
    }

    private static func run(_ tool: BuiltTool, _ arguments: [String]) async throws {
        let process = try tool.start(arguments)
        try await process.waitForSuccess(within: .seconds(60))
        Print.indented(process.output.text.trimmingCharacters(in: .newlines))
    }

    private func waitUntilReady() async throws {
        for (name, address) in [("outbox dispatch", dispatcherAddress), ("workforce consume", consumerAddress)] {
            try await eventually(within: .seconds(60), "\(name) is ready") {
                try await HTTPClient(address).get("/readyz").status == 200
            }
            print("   \(name)  http://\(address)/metrics  /livez  /readyz")
        }
    }

    /// Stays up until Ctrl-C.
    func stayUp(until interrupt: Interrupt) async {
        Print.heading("All of it stays up to look at; Ctrl-C stops it")
        Print.indented(
            """
            dispatcher      http://\(dispatcherAddress)/metrics
            consumer        http://\(consumerAddress)/metrics
            command side    psql \(commandURL)
            query side      psql \(queryURL)
            Kafka           kcat -b \(broker.bootstrapServers) -t outbox.event.position -C -J
            status          DATABASE_URL=\(commandURL) .build/release/outbox status
            """)
        // Until the task is cancelled.
        while !Task.isCancelled, dispatcher.isRunning, consumer.isRunning {
            try? await Task.sleep(for: .seconds(1))
        }
        if !Task.isCancelled {
            print("   a process ended by itself; its log:\n\(dispatcher.errorOutput.text.suffix(2000))")
        }
    }

    /// Stops the processes; the servers end with this one.
    func stop() async {
        Print.heading("Stopping: both drain and exit 0")
        for process in [dispatcher, consumer] {
            let status = try? await process.stop(within: .seconds(30))
            print("   \(process.name): \(status.map { "\($0)" } ?? "did not stop in time and was killed")")
        }
        await commandPool.close()
        await queryPool.close()
        try? await postgres.close()
        broker.close()
    }
}
