import FoundationEssentials
import LibPQ
import Servers
import Testing

@Suite("LibPQ: statements")
struct QueryTests {
    @Test("all types travel both ways in binary, prepared or not", arguments: [true, false])
    func types(isPrepared: Bool) async throws {
        let connection = try await LibPQDatabase.connect(preparesStatements: isPrepared)
        let id = UUID()
        let date = Date(timeIntervalSince1970: 1_700_000_000.123456)
        let nothing: String? = nil
        for _ in 0..<2 {
            let result = try await connection.query(
                """
                SELECT \(Int16(-3)) AS a, \(Int32(-4)), \(Int64(-5)), \(-6), \(Float(2.5)), \(-0.5), \(true), \("hé\u{1F600}"),
                       \([UInt8]([0, 1, 0])), \(id), \(PQJSON(#"{"a": [1]}"#)), \(date), \(nothing)
                """)
            let row = try result[0].decode(
                (
                    Int16, Int32, Int64, Int, Float, Double, Bool, String, [UInt8], UUID, PQJSON, Date, String?
                ).self)
            #expect(row.0 == -3 && row.1 == -4 && row.2 == -5 && row.3 == -6)
            #expect(row.4 == 2.5 && row.5 == -0.5 && row.6 && row.7 == "hé\u{1F600}")
            #expect(row.8 == [0, 1, 0] && row.9 == id && row.10.text == #"{"a": [1]}"# && row.12 == nil)
            #expect(abs(row.11.timeIntervalSince(date)) < 1e-6)
            #expect(result.columns.first == "a")
        }
        // The server reads what was sent as what was meant.
        let texts = try await connection.query(
            """
            SELECT \(date)::text, \(id)::text, \(PQJSON("[1]"))->>0, encode(\([UInt8]([255])), 'hex'), \([1, 2])::text,
                   \(["a", nil, "b,c"])::text, \([[UInt8(1)]])::text, \([Optional(0.5), nil])::text
            """)
        let row = try texts[0].decode((String, String, String, String, String, String, String, String).self)
        #expect(row.0 == "2023-11-14 22:13:20.123456+00" && row.1 == id.uuidString.lowercased())
        #expect(row.2 == "1" && row.3 == "ff" && row.4 == "{1,2}")
        #expect(row.5 == #"{a,NULL,"b,c"}"# && row.6 == #"{"\\x01"}"# && row.7 == "{0.5,NULL}")
        await connection.close()
    }

    @Test("many rows go in with unnest, and affected rows are counted")
    func bulk() async throws {
        let connection = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (id int8, name text, data jsonb, at timestamptz, code int4)")
        let count = 10_000
        let inserted = try await connection.execute(
            """
            INSERT INTO t SELECT * FROM unnest(\(Array(0..<count)), \((0..<count).map { "n\($0)" }),
                \((0..<count).map { PQJSON("{\"n\": \($0)}") }), \([Date?](repeating: Date(), count: count)),
                \((0..<count).map { $0.isMultiple(of: 2) ? Int32($0) : nil }))
            """)
        #expect(inserted == count)
        #expect(try await connection.integer("SELECT count(*) FROM t WHERE (data->>'n')::int8 = id") == Int64(count))
        #expect(try await connection.integer("SELECT count(*) FROM t WHERE code IS NULL") == Int64(count / 2))
        #expect(try await connection.execute("UPDATE t SET name = name WHERE id < \(10)") == 10)
        #expect(try await connection.execute("SELECT * FROM t WHERE id = ANY(\([1, 2, 3]))") == 3)
        #expect(try await connection.execute("CREATE TABLE u ()") == 0)
        let result = try await connection.query("SELECT id FROM t ORDER BY id")
        for row in 0..<count where try result.int64(row: row, column: 0) != Int64(row) { Issue.record("row \(row)") }
    }

    @Test("a server error has its SQLSTATE and constraint, and no values")
    func serverErrors() async throws {
        let connection = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (code text PRIMARY KEY, n int CHECK (n > 0))")
        try await connection.execute("INSERT INTO t VALUES (\("s3cret"), \(Int32(1)))")
        let duplicate = await expectPQError(.server, "23505") {
            try await connection.execute("INSERT INTO t VALUES (\("s3cret"), \(Int32(1)))")
        }
        #expect(duplicate?.constraint == "t_pkey" && duplicate?.table == "t" && duplicate?.severity == "ERROR")
        let input = await expectPQError(.server, "22P02") { try await connection.execute("SELECT \("s3cret")::uuid") }
        let check = await expectPQError(.server, "23514") {
            try await connection.execute("INSERT INTO t VALUES (\("s3cret2"), \(Int32(-7)))")
        }
        for error in [duplicate, input, check] { #expect(error?.description.contains("s3cret") == false) }
        let hint = await expectPQError(.server, "42883") { try await connection.execute("SELECT nothing()") }
        #expect(hint?.hint != nil)
        #expect(try await connection.integer("SELECT 1") == 1)
    }

    @Test("what can't be sent is refused before it is sent")
    func usage() async throws {
        let connection = try await LibPQDatabase.connect()
        await expectPQError(.usage) { try await connection.execute("SELECT 1\u{0}; DROP TABLE t") }
        await expectPQError(.usage) { try await connection.run(script: "SELECT 1\u{0}") }
        await expectPQError(.encoding) {
            try await connection.execute("SELECT \(Date(timeIntervalSinceReferenceDate: .nan))")
        }
        let many = PQStatement(unsafe: "SELECT 1", [Int](repeating: 1, count: 70_000))
        await expectPQError(.usage) { try await connection.execute(many) }
        await expectPQError(.server, "22021") { try await connection.execute("SELECT \("a\u{0}b")") }
        await expectPQError(.usage) { try await connection.execute("COPY (SELECT 1) TO STDOUT") }
        try await connection.run(script: "CREATE TABLE t (a int)")
        await expectPQError(.usage) { try await connection.run(script: "COPY t FROM STDIN") }
        #expect(try await connection.integer("SELECT 1") == 1)
    }

    @Test("a script is many statements, all or none, and the first error is told")
    func scripts() async throws {
        let connection = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); SELECT * FROM t")
        await expectPQError(.server, "22012") {
            try await connection.run(script: "INSERT INTO t VALUES (3); SELECT 1/0; SELECT nothing()")
        }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 2)
        try await connection.run(script: "")
    }

    @Test("a statement is prepared once, the least used go, and none is left behind")
    func preparedStatements() async throws {
        let connection = try await LibPQDatabase.connect(preparedStatementLimit: 4)
        for round in 0..<3 {
            for index in 0..<3 { _ = try await connection.query("SELECT \(unsafe: "\(index)") + \(round)") }
        }
        #expect(try await connection.integer("SELECT count(*) FROM pg_prepared_statements") == 4)
        for index in 0..<50 { _ = try await connection.query("SELECT \(unsafe: "\(index)") - 1") }
        #expect(try await connection.integer("SELECT count(*) FROM pg_prepared_statements") <= 5)
        // The same text with another type is another statement.
        #expect(try await connection.query("SELECT \(1)")[0].decode(0) as Int == 1)
        #expect(try await connection.query("SELECT \("x")")[0].decode(0) as String == "x")
    }

    @Test("without preparing, nothing is kept on the server")
    func unprepared() async throws {
        let connection = try await LibPQDatabase.connect(preparesStatements: false)
        for index in 0..<3 { #expect(try await connection.integer("SELECT \(index)") == Int64(index)) }
        #expect(try await connection.integer("SELECT count(*) FROM pg_prepared_statements") == 0)
        #expect(try await connection.pipeline(["SELECT \(1)", "SELECT \(2)"]).count == 2)
        #expect(try await connection.integer("SELECT count(*) FROM pg_prepared_statements") == 0)
    }

    @Test("an outdated prepared statement is prepared again, inside a transaction by the retry")
    func outdatedStatements() async throws {
        let connection = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        let statement: PQStatement = "SELECT * FROM t"
        #expect(try await connection.query(statement).columnCount == 1)
        try await connection.run(script: "ALTER TABLE t ADD b int")
        #expect(try await connection.query(statement).columnCount == 2)
        try await connection.run(script: "DISCARD ALL")
        #expect(try await connection.query(statement).columnCount == 2)
        try await connection.run(script: "ALTER TABLE t ADD c int")
        #expect(try await connection.withTransaction { try await $0.query(statement).columnCount } == 3)
        try await connection.run(script: "DEALLOCATE ALL")
        #expect(try await connection.withTransaction { try await $0.query(statement).columnCount } == 3)
        try await connection.run(script: "ALTER TABLE t ADD d int")
        #expect(try await connection.pipeline([statement, "SELECT 1"])[0].columnCount == 4)
    }

    @Test("notices reach their handler")
    func notices() async throws {
        let notices = Locked<[PQNotice]>([])
        let connection = try await PQConnection.connect(
            PQConfiguration(url: try await PostgresServer.shared().url) { notice in
                notices.withLock { $0.append(notice) }
            })
        try await connection.run(script: "DO $$ BEGIN RAISE WARNING 'careful' USING HINT = 'slow'; END $$")
        let first = try #require(notices.withLock { $0.first })
        #expect(first.severity == "WARNING" && first.message == "careful" && first.hint == "slow")
    }

    @Test("the statement timeout stops a statement, and the application name is shown")
    func session() async throws {
        let connection = try await PQConnection.connect(
            PQConfiguration(
                url: try await PostgresServer.shared().url + "?application_name=url", applicationName: "o'utbox",
                statementTimeout: .seconds(2)))
        await expectPQError(.timeout, "57014") { try await connection.execute("SELECT pg_sleep(60)") }
        let name = try await connection.query("SELECT current_setting('application_name')")
        #expect(try name[0].decode(0) as String == "o'utbox")
        #expect(await connection.serverVersion > 100_000)
    }

    @Test("a pipeline is one round trip, all or nothing, and tells which statement failed")
    func pipeline() async throws {
        let connection = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (a int8 PRIMARY KEY)")
        for round in 0..<2 {
            let statements = (0..<500).map { "INSERT INTO t VALUES (\($0 + round * 500))" as PQStatement }
            let results = try await connection.pipeline(statements + ["SELECT count(*) FROM t"])
            #expect(results.count == 501)
            #expect(results.dropLast().allSatisfy { $0.affectedRows == 1 })
            #expect(try results[500].int64(row: 0, column: 0) == Int64(500 * (round + 1)))
        }
        let error = await expectPQError(.server, "23505") {
            try await connection.pipeline(["INSERT INTO t VALUES (\(5000))", "INSERT INTO t VALUES (\(5000))"])
        }
        #expect(error?.message.hasPrefix("statement 2 of 2") == true)
        #expect(try await connection.integer("SELECT count(*) FROM t") == 1000)
        await expectPQError(.server, "42601") { try await connection.pipeline(["SELECT 1", "SELEKT 2", "SELECT 3"]) }
        await expectPQError(.usage) { try await connection.pipeline(["SELECT 1", "SELECT '\u{0}'"]) }
        #expect(try await connection.pipeline([]).isEmpty)
        let inside = try await connection.withTransaction { transaction in
            try await transaction.pipeline(["DELETE FROM t", "SELECT count(*) FROM t"])
        }
        #expect(inside.count == 2)
        #expect(try await connection.integer("SELECT count(*) FROM t") == 0)
        // Results larger than all buffers between here and there don't block it.
        let large = try await connection.pipeline(
            (0..<50).map { "SELECT repeat('x', 200000), \([UInt8](repeating: 1, count: 200_000)), \($0)" })
        #expect(try large[49][0].decode(2) as Int == 49)
    }
}
