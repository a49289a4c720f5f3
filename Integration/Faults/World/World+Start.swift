import FoundationEssentials
import LibPQ
import LibRDKafka
import Servers

extension World {
    /// Starts servers, makes schemas and topics; the processes are not started yet.
    static func start(_ settings: RunSettings, folder: String) async throws -> World {
        let programs = try Programs(folder: settings.tools)
        let proxies = try (0..<settings.brokers).map { _ in try TCPProxy() }
        async let outboxServer = PostgresServer.start()
        async let queryServer = PostgresServer.start()
        let broker = try await KafkaBroker.start(
            nodes: settings.brokers,
            options: [
                // A broker that was killed is missed sooner than by default, and leads again when it is back.
                "broker.session.timeout.ms": "4000", "broker.heartbeat.interval.ms": "1000",
                "leader.imbalance.check.interval.seconds": "3",
            ], proxyPorts: proxies.map(\.port))
        for (proxy, port) in zip(proxies, broker.proxiedPorts) { proxy.forward(to: port) }
        let servers = try await (outboxServer, queryServer)
        let disk = settings.kinds.contains(.diskFull) ? await SmallDisk.make() : nil
        let world = try World(
            settings: settings, folder: folder, programs: programs, outboxServer: servers.0, queryServer: servers.1,
            broker: broker, brokerProxies: proxies, outboxURL: try await servers.0.createDatabase("outbox"),
            queryURL: try await servers.1.createDatabase("query"), disk: disk)
        try await world.prepare()
        return world
    }

    private func prepare() async throws {
        if case .success(let disk) = disk { try await moveOutbox(to: disk) }
        try await runToSuccess(programs.outbox, ["migrate", "--roles"])
        try await runToSuccess(programs.outbox, ["migrate", "--consumer", "--roles"])
        try await runToSuccess(programs.consumer, ["consume", "--prepare"])
        try await outbox.withConnection { try await $0.run(script: Business.schema) }
        for url in [outboxURL, queryURL] { try await DatabaseLogin.makeAll(url) }
        for type in RunSettings.types {
            try await broker.createTopic(
                RunSettings.topic(type), partitions: 4,
                settings: [
                    "max.message.bytes": "\(RunSettings.maximumMessageBytes)",
                    // When it came, by the broker's clock, is what the checker measures with.
                    "message.timestamp.type": "LogAppendTime",
                ])
        }
    }

    /// Keeps the outbox's database, with the business in it, on the small disk; the log stays where it is, so that the
    /// server works when the disk is full.
    private func moveOutbox(to disk: SmallDisk) async throws {
        let name = PostgresServer.databaseName(in: outboxURL)
        let connection = try await PQConnection.connect(PQConfiguration(url: outboxServer.url))
        do {
            try await connection.run(script: "CREATE TABLESPACE small_disk LOCATION '\(disk.path)'")
            try await connection.run(
                script: "ALTER DATABASE \(PQStatement.quoted(identifier: name)) SET TABLESPACE small_disk")
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// Ends all: processes at once, then the servers; keeps the servers' logs when asked to.
    func close(keepingLogs: Bool) async {
        for process in processes { process.destroy() }
        if keepingLogs {
            for (name, log) in serverLogs {
                try? FileManager.default.copyItem(atPath: log.path, toPath: "\(folder)/\(name).log")
            }
        }
        await outbox.close()
        await query.close()
        broker.close()
        try? await outboxServer.close()
        try? await queryServer.close()
        if case .success(let disk) = disk { await disk.close() }
    }

    private var serverLogs: [(String, ProcessOutput)] {
        let brokers = broker.nodes.compactMap { node in (try? broker.log(node: node)).map { ("broker-\(node)", $0) } }
        return [("postgres-outbox", outboxServer.log), ("postgres-query", queryServer.log)] + brokers
    }
}
