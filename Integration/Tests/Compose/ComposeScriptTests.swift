import FoundationEssentials
import LibPQ
import OutboxHTTP
import OutboxTelemetry
import Servers
import Synchronization
import Testing

@Suite("compose: the scripts")
struct ComposeScriptTests {
    @Test("the health check passes when a service is ready, fails when it is not or not there")
    func healthCheck() async throws {
        let isReady = Atomic(true)
        var router = HTTPRouter()
        router.addHealth(ready: {
            HealthReport([HealthCheck("test", passes: isReady.load(ordering: .relaxed))])
        })
        let logger = Logger(label: "test", handler: LogfmtHandler(output: LogOutput { _ in }))
        let server = HTTPServer(address: .loopback(port: 0), router: router, logger: logger)
        let port = try #require("\(try server.start())".split(separator: ":").last.map(String.init))
        func check() async throws -> Bool {
            let script = try ChildProcess("\(ComposeFile.folder)/healthcheck", [port])
            return try await script.waitForExit(within: .seconds(60)).isSuccess
        }
        #expect(try await check())
        isReady.store(false, ordering: .relaxed)
        #expect(try await !check())
        await server.stop()
        #expect(try await !check())
    }

    @Test("the secrets are all that the services need, new for everybody, for their owner only, and stay")
    func secrets() async throws {
        let needed = ComposeFile.requiredVariables(in: try ComposeFile.text("compose.yaml"))
        #expect(needed.count >= 5)
        func make(in folder: TemporaryFolder) async throws -> String {
            let script = "\(folder.path)/secrets.sh"
            if !FileManager.default.fileExists(atPath: script) {
                try FileManager.default.copyItem(atPath: "\(ComposeFile.folder)/secrets.sh", toPath: script)
            }
            try await ChildProcess(script).waitForSuccess(within: .seconds(60))
            return String(decoding: try Data(contentsOf: URL(filePath: "\(folder.path)/.env")), as: UTF8.self)
        }
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let secrets = try await make(in: folder)
        let values = Dictionary(
            uniqueKeysWithValues: secrets.split(separator: "\n").map { line in
                let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts[1])
            })
        #expect(needed.isSubset(of: values.keys))
        #expect(needed.allSatisfy { values[$0]?.count == 64 })
        #expect(Set(needed.map { values[$0] }).count == needed.count)
        #expect(try await make(in: folder) == secrets)
        #expect(try await make(in: other) != secrets)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/.env")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test(
        "each database's owner can make its tables there, everybody has what their work takes, and none of the rest",
        .requires(program: "psql"))
    func databases() async throws {
        let server = try await PostgresServer.start()
        let secrets = ComposeFile.requiredVariables(in: try ComposeFile.text("compose.yaml"))
        var environment = ["PGHOST": "127.0.0.1", "PGPORT": "\(server.port)", "PGUSER": "postgres"]
        for name in secrets where name.hasSuffix("_PASSWORD") { environment[name] = "it's \"$(secret)" }
        // Once more on what is there already, as for volumes of an earlier version.
        for _ in 1...2 {
            let script = try ChildProcess(
                "\(ComposeFile.folder)/postgres/databases.sh", environment: environment.mapValues(Optional.some))
            try await script.waitForSuccess(within: .seconds(60))
        }
        func url(_ user: String, _ database: String) -> String {
            "postgresql://\(user)@127.0.0.1:\(server.port)/\(database)"
        }
        let migration = try BuiltTool.workforce.start(
            ["migrate", "--roles"],
            environment: ["DATABASE_URL": url("command", "command"), "QUERY_DATABASE_URL": url("query", "query")])
        try await migration.waitForSuccess(within: .seconds(60))
        for (user, database, may, mayNot) in [
            ("writer", "command", "TABLE organizations", "TABLE outbox_events"),
            ("dispatcher", "command", "TABLE outbox_events", "DELETE FROM outbox_audit"),
            ("consumer", "query", "TABLE outbox_inbox", "DROP TABLE outbox_inbox"),
            ("operator", "command", "TABLE outbox_audit", "DELETE FROM outbox_audit"),
            ("operator", "query", "TABLE outbox_consumer_holds", "DROP TABLE outbox_inbox"),
        ] {
            let connection = try await PQConnection.connect(PQConfiguration(url: url(user, database)))
            _ = try await connection.query("\(unsafe: may)")
            let refusal = await #expect(throws: PQError.self, "\(user) may \(mayNot)") {
                _ = try await connection.query("\(unsafe: mayNot)")
            }
            #expect(refusal?.sqlState == "42501", "\(user)")
            await connection.close()
        }
        for (user, database) in [
            ("command", "query"), ("query", "command"), ("writer", "query"), ("dispatcher", "query"),
            ("consumer", "command"),
        ] {
            let error = await #expect(throws: PQError.self) {
                _ = try await PQConnection.connect(PQConfiguration(url: url(user, database)))
            }
            #expect(error?.message.contains("permission denied") == true)
        }
        try await server.close()
    }
}
