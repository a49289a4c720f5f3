import Servers
import Testing

@Suite("PostgreSQL server for tests")
struct PostgresServerTests {
    @Test("keeps the durable defaults, and takes options")
    func settings() async throws {
        let server = try await PostgresServer.start(options: ["work_mem": "5MB"])
        let settings = try await query(
            """
            SELECT current_setting('fsync'), current_setting('synchronous_commit'),
                   current_setting('full_page_writes'), current_setting('work_mem')
            """, at: server.url)
        #expect(settings == "on|on|on|5MB")
        #expect(try await query("SELECT 1", at: server.socketURL()) == "1")
        try await server.close()
    }

    @Test("a database made for a test is empty and its own")
    func databases() async throws {
        let server = try await PostgresServer.shared()
        let first = try await server.createDatabase("servers")
        let second = try await server.createDatabase("servers")
        _ = try await query("CREATE TABLE t (a int)", at: first)
        #expect(try await query("SELECT to_regclass('t') IS NULL", at: second) == "t")
        #expect(try await query("SELECT to_regclass('t') IS NULL", at: first) == "f")
    }

    @Test(
        "keeps port and committed rows over a shutdown, a crash and a kill", arguments: ["fast", "immediate", "kill"])
    func restart(how: String) async throws {
        let server = try await PostgresServer.start()
        let url = server.url
        _ = try await query("CREATE TABLE t (a int); INSERT INTO t VALUES (7)", at: url)
        let before = try #require(server.processID)
        switch how {
        case "fast": try await server.restart(mode: .fast)
        case "immediate": try await server.restart(mode: .immediate)
        default:
            server.kill()
            #expect(server.processID == nil)
            try await server.start()
        }
        #expect(server.processID != before)
        #expect(try await query("SELECT a FROM t", at: url) == "7")
        try await server.close()
    }

    private func query(_ sql: String, at url: String) async throws -> String {
        let client = try ChildProcess(
            "psql", ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname=\(url)", "--command=\(sql)"])
        try await client.waitForSuccess(within: .seconds(60))
        return client.output.lines().last?.text ?? ""
    }
}
