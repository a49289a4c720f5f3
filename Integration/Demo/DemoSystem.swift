import Foundation
import LibPQ
import LibRDKafka
import OutboxCommandLine
import Servers
import Workforce

/// The servers and processes of the demo.
struct DemoSystem: Sendable {
    static let tenant = "demo"

    let servers: ToolServers
    let commandPool, queryPool: PQPool
    let dispatcher, consumer: ChildProcess
    let dispatcherAddress, consumerAddress: String

    static func start(_ checklist: Checklist) async throws -> DemoSystem {
        Print.heading("Servers, on free loopback ports and in a temporary folder")
        let servers = try await ToolServers.start()
        print("   PostgreSQL  127.0.0.1:\(servers.postgres.port)")
        print("   Kafka       \(servers.broker.bootstrapServers)  (\(servers.broker.description))")

        Print.heading("Schema and topics: outbox migrate, workforce migrate --roles, outbox topics --create")
        try await servers.prepare(aggregateTypes: AggregateType.allCases.map(\.rawValue)) {
            Print.indented($0.trimmingCharacters(in: .newlines))
        }

        Print.heading("Processes: outbox dispatch, workforce consume")
        let consumer = try servers.start(.workforce, ["consume"])
        let consumerAddress = try await consumer.httpAddress()
        let dispatcher = try servers.start(
            .outbox, ["dispatch"],
            ["OUTBOX_CONSUMER_METRICS": "http://\(consumerAddress)", "QUERY_DATABASE_URL": servers.queryURL])
        let system = DemoSystem(
            servers: servers,
            commandPool: PQPool(PQConfiguration(url: servers.commandURL), maximumConnections: 4),
            queryPool: PQPool(PQConfiguration(url: servers.queryURL), maximumConnections: 4), dispatcher: dispatcher,
            consumer: consumer, dispatcherAddress: try await dispatcher.httpAddress(),
            consumerAddress: consumerAddress)
        do {
            try await system.waitUntilReady()
        } catch {
            await system.stop()
            throw error
        }
        checklist.check("dispatcher and consumer are ready (/readyz)", true)
        return system
    }

    private func waitUntilReady() async throws {
        for (name, address) in [("outbox dispatch", dispatcherAddress), ("workforce consume", consumerAddress)] {
            try await eventually(within: .seconds(60), "\(name) is ready") {
                try await HTTPClient(address).get("/readyz").status == 200
            }
            print("   \(name)  http://\(address)/metrics  /livez  /readyz")
        }
    }

    var broker: KafkaBroker { servers.broker }

    /// Stays up until Ctrl-C.
    func stayUp(until interrupt: Interrupt) async {
        Print.heading("All of it stays up to look at; Ctrl-C stops it")
        Print.indented(
            """
            console         http://\(dispatcherAddress)/
            dispatcher      http://\(dispatcherAddress)/metrics
            consumer        http://\(consumerAddress)/metrics
            command side    psql \(servers.commandURL)
            query side      psql \(servers.queryURL)
            Kafka           kcat -b \(broker.bootstrapServers) -t outbox.event.position -C -J

            In a second terminal, for outbox, psql and kcat:
            export PATH="$PWD/.build/release:$PATH"
            export DATABASE_URL=\(servers.commandURL) KAFKA_BOOTSTRAP_SERVERS=\(broker.bootstrapServers)
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
        try? await servers.stop()
    }
}
