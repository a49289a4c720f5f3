import LibPQ
import Servers
import Testing

@Suite("PostgreSQL server for tests")
struct PostgresServerTests {
    @Test("keeps the durable defaults, and takes options")
    func settings() async throws {
        let server = try await PostgresServer.start(options: ["work_mem": "5MB"])
        let settings = try await query(
            """
            SELECT concat_ws('|', current_setting('fsync'), current_setting('synchronous_commit'),
                             current_setting('full_page_writes'), current_setting('work_mem'))
            """, at: server.url)
        #expect(settings == "on|on|on|5MB")
        #expect(try await query("SELECT '1'::text", at: server.socketURL()) == "1")
        try await server.close()
    }

    @Test("a database made for a test is empty and its own")
    func databases() async throws {
        let server = try await PostgresServer.shared()
        let first = try await server.createDatabase("servers")
        let second = try await server.createDatabase("servers")
        try await run("CREATE TABLE t (a int)", at: first)
        #expect(try await query("SELECT (to_regclass('t') IS NULL)::text", at: second) == "true")
        #expect(try await query("SELECT (to_regclass('t') IS NULL)::text", at: first) == "false")
    }

    @Test(
        "keeps port and committed rows over a shutdown, a crash and a kill", arguments: ["fast", "immediate", "kill"])
    func restart(how: String) async throws {
        let server = try await PostgresServer.start()
        let url = server.url
        try await run("CREATE TABLE t (a int); INSERT INTO t VALUES (7)", at: url)
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
        #expect(try await query("SELECT a::text FROM t", at: url) == "7")
        try await server.close()
    }

    private func query(_ sql: String, at url: String) async throws -> String {
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        do {
            let answer: String = try await connection.query(PQStatement(unsafe: sql))[0].decode(0)
            await connection.close()
            return answer
        } catch {
            await connection.close()
            throw error
        }
    }

    private func run(_ script: String, at url: String) async throws {
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        try await connection.run(script: script)
        await connection.close()
    }
}
