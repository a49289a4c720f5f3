import FoundationEssentials
import LibPQ
import Outbox
import Servers
import Testing

/// What stands in articles for shells and for databases is run, each article's in its order.
@Suite struct ArticleSnippetTests {
    @Test(
        "the shell of the articles does what they say: an event reaches its topic", .requiresBroker,
        .requires(program: "kcat"))
    func shell() async throws {
        var articles = 0
        for article in try Readme.articles() {
            let blocks = try Readme(article: article).blocks(of: "shell")
            guard !blocks.isEmpty else { continue }
            articles += 1
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let tools = try BuiltTool.outbox.path.dropLast("/outbox".count)
            let shell = try ChildProcess(
                "bash", ["-euc", blocks.joined(separator: "\n")],
                environment: [
                    "DATABASE_URL": try await PostgresServer.shared().createDatabase("articles"),
                    "KAFKA_BOOTSTRAP_SERVERS": try await KafkaBroker.shared().bootstrapServers,
                    "PATH": "\(tools):\(path)",
                ])
            try await shell.waitForSuccess(within: .seconds(120))
            if article == "GettingStarted" {
                #expect(shell.output.text.contains(#"world {"text": "hello"}"#))
                #expect(shell.output.text.contains("event_type=greeting.sent"))
            }
        }
        #expect(articles > 0)
    }

    @Test(
        "the README's first event arrives where a dispatcher runs", .requiresBroker, .requires(program: "kcat"))
    func firstEvent() async throws {
        let blocks = try Readme(file: "README.md").blocks(of: "shell")
        try #require(blocks.count == 1)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let url = try await PostgresServer.shared().createDatabase("first_event")
        let environment = [
            "DATABASE_URL": url,
            "KAFKA_BOOTSTRAP_SERVERS": try await KafkaBroker.shared().bootstrapServers,
            "PATH": "\(try BuiltTool.outbox.path.dropLast("/outbox".count)):\(path)",
        ]
        try await BuiltTool.outbox.start(["migrate"], environment: environment).waitForSuccess(within: .seconds(60))
        let dispatcher = try BuiltTool.outbox.start(["dispatch", "--http-address", "off"], environment: environment)
        let shell = try ChildProcess("bash", ["-euc", blocks[0]], environment: environment)
        try await shell.waitForSuccess(within: .seconds(120))
        #expect(shell.output.text.contains(#"world {"text": "hello"}"#))
        // Another test's may be on that topic.
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        try await eventually(within: .seconds(30), "it is settled") {
            try await connection.query("SELECT count(*) FROM outbox_events WHERE published")[0].decode(0) == 1
        }
        await connection.close()
        #expect(try await dispatcher.stop(within: .seconds(60)).isSuccess)
    }

    @Test("the SQL of the articles runs", arguments: ["OtherLanguages", "FromAPoller", "FromDebezium"])
    func sql(article: String) async throws {
        let blocks = try Readme(article: article).blocks(of: "sql")
        #expect(!blocks.isEmpty)
        try await withArticleDatabase { _, pool in
            for block in blocks { try await pool.withConnection { try await $0.run(script: block) } }
        }
    }

    @Test("the hand-over from a poller takes what waits, in order, and what writers still put into the old table")
    func poller() async throws {
        let blocks = try Readme(article: "FromAPoller").blocks(of: "sql")
        try #require(blocks.count == 2)
        try await withArticleDatabase { _, pool in
            func write(_ event: String) async throws {
                try await pool.withConnection { connection in
                    try await connection.execute(
                        """
                        INSERT INTO outbox (kind, key, event, body, sent)
                        VALUES ('position', 'P1', \(event), '{}', \(event == "sent"))
                        """)
                }
            }
            try await pool.withConnection { try await $0.run(script: blocks[0]) }
            for event in ["sent", "first", "second"] { try await write(event) }
            try await pool.withConnection { try await $0.run(script: blocks[1]) }
            try await write("third")
            #expect(try await types(pool) == ["first", "second", "third"])
        }
    }

    @Test("the hand-over from Debezium takes what writers still put into the old table, under its id")
    func debezium() async throws {
        let blocks = try Readme(article: "FromDebezium").blocks(of: "sql")
        try #require(blocks.count == 4)
        try await withArticleDatabase { _, pool in
            let id = UUID()
            for block in blocks[..<2] { try await pool.withConnection { try await $0.run(script: block) } }
            let rows = try await pool.withConnection { connection in
                try await connection.execute(
                    """
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload)
                    VALUES (\(id), 'position', 'P1', 'position.created', '{}')
                    """)
                return try await connection.query(
                    "SELECT event_id, event_type, (SELECT count(*) FROM outbox) FROM outbox_events")
            }
            try #require(rows.rowCount == 1)
            let row = try rows[0].decode((UUID, String, Int).self)
            #expect(row == (id, "position.created", 0))
        }
    }

    @Test("the Python writer leaves its event", .requires(pythonPackages: [Self.psycopg]))
    func python() async throws {
        let interpreter = try await PythonEnvironment.with([Self.psycopg]).interpreter()
        try await write(in: "python", file: "rename.py") { file, url in
            try ChildProcess(interpreter, [file], environment: ["DATABASE_URL": url])
        }
    }

    @Test(
        "the Go writer leaves its event", .requires(program: "go"),
        .requires(file: "/usr/share/gocode/src/github.com/lib/pq/conn.go", of: "golang-github-lib-pq-dev"))
    func go() async throws {
        let cache = try TemporaryFolder()
        defer { cache.remove() }
        try await write(in: "go", file: "rename.go") { file, url in
            try ChildProcess(
                "go", ["run", file],
                environment: [
                    "DATABASE_URL": url, "PGSSLMODE": "disable", "GO111MODULE": "off", "GOPATH": "/usr/share/gocode",
                    "GOCACHE": cache.path, "GOFLAGS": nil,
                ])
        }
    }

    @Test(
        "the Java writer leaves its event", .requires(program: "javac"),
        .requires(file: Self.jdbc, of: "libpostgresql-jdbc-java"))
    func java() async throws {
        try await write(in: "java", file: "Rename.java") { file, url in
            let place = url.replacing("postgresql://postgres@", with: "jdbc:postgresql://") + "?user=postgres"
            return try ChildProcess("java", ["-cp", Self.jdbc, file], environment: ["JDBC_URL": place])
        }
    }

    // MARK: Helpers

    private static let psycopg = "psycopg[binary]==3.3.9"
    private static let jdbc = "/usr/share/java/postgresql.jar"

    /// Runs a sample in a database of its own, and looks for what it should have written.
    private func write(
        in language: String, file: String, start: (_ file: String, _ url: String) throws -> ChildProcess
    ) async throws {
        let blocks = try Readme(article: "OtherLanguages").blocks(of: language)
        try #require(blocks.count == 1)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try Data(blocks[0].utf8).write(to: URL(filePath: "\(folder.path)/\(file)"))
        try await withArticleDatabase { url, pool in
            try await start("\(folder.path)/\(file)", url).waitForSuccess(within: .seconds(180))
            let rows = try await pool.withConnection { connection in
                try await connection.query(
                    """
                    SELECT e.event_type, e.aggregate_type, e.aggregate_id, e.payload->>'title', p.title
                    FROM outbox_events e JOIN positions p ON p.code = e.aggregate_id
                    """)
            }
            try #require(rows.rowCount == 1)
            let row = try rows[0].decode((String, String, String, String, String).self)
            let title = "Principal Engineer"
            #expect(row == ("position.updated", "position", "P1000033", title, title))
        }
    }

    private func withArticleDatabase(_ body: (_ url: String, PQPool) async throws -> Void) async throws {
        let url = try await PostgresServer.shared().createDatabase("articles")
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 2)
        do {
            try await pool.withConnection { connection in
                try await OutboxMigrations.apply(on: connection)
                try await connection.run(
                    script: """
                        CREATE TABLE positions (code TEXT PRIMARY KEY, title TEXT NOT NULL);
                        INSERT INTO positions VALUES ('P1000033', 'Engineer');
                        """)
            }
            try await body(url, pool)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    private func types(_ pool: PQPool) async throws -> [String] {
        try await pool.withConnection { connection in
            try await connection.query("SELECT event_type FROM outbox_events ORDER BY id").rows.map { try $0.decode(0) }
        }
    }
}
