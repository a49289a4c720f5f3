import LibPQ
import Servers
import Testing

@Suite("LibPQ: transactions")
struct TransactionTests {
    private struct Refusal: Error {}

    private func connect() async throws -> PQConnection {
        let connection = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE TABLE t (a int8)")
        return connection
    }

    @Test("commits when the closure returns, rolls back when it throws")
    func scope() async throws {
        let connection = try await connect()
        let value = try await connection.withTransaction { transaction in
            try await transaction.execute("INSERT INTO t VALUES (1)")
            return "done"
        }
        #expect(value == "done")
        await #expect(throws: Refusal.self) {
            try await connection.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (2)")
                throw Refusal()
            }
        }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 1)
    }

    @Test("a transaction is of no use after its closure")
    func afterwards() async throws {
        let connection = try await connect()
        let transaction = try await connection.withTransaction { $0 }
        await expectPQError(.usage) { try await transaction.execute("INSERT INTO t VALUES (1)") }
        await expectPQError(.usage) { try await transaction.run(script: "INSERT INTO t VALUES (1)") }
        await expectPQError(.usage) { try await transaction.pipeline(["INSERT INTO t VALUES (1)"]) }
        try await connection.withTransaction { _ in
            await expectPQError(.usage) { try await transaction.execute("INSERT INTO t VALUES (1)") }
        }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("a swallowed error does not pass for a commit")
    func swallowedError() async throws {
        let connection = try await connect()
        let error = await expectPQError(.server, "25P02") {
            try await connection.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                _ = try? await transaction.query("SELECT 1/0")
            }
        }
        #expect(error?.hint?.contains("division by zero") == true)
        await expectPQError(.usage) {
            try await connection.withTransaction { try await $0.run(script: "COMMIT") }
        }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("isolation and read-only are as asked for")
    func modes() async throws {
        let connection = try await connect()
        for isolation in [PQIsolation.readCommitted, .repeatableRead, .serializable] {
            let text = try await connection.withTransaction(isolation: isolation) { transaction in
                try await transaction.query("SHOW transaction_isolation")[0].decode(0) as String
            }
            #expect(text == isolation.rawValue.lowercased())
        }
        await expectPQError(.server, "25006") {
            try await connection.withTransaction(readOnly: true) { try await $0.execute("INSERT INTO t VALUES (1)") }
        }
    }

    @Test("a savepoint undoes its own part only")
    func savepoints() async throws {
        let connection = try await connect()
        try await connection.withTransaction { transaction in
            try await transaction.execute("INSERT INTO t VALUES (1)")
            await expectPQError(.server, "22012") {
                try await transaction.withSavepoint { inner in
                    try await inner.execute("INSERT INTO t VALUES (2)")
                    try await inner.execute("SELECT 1/0")
                }
            }
            try await transaction.withSavepoint { outer in
                try await outer.execute("INSERT INTO t VALUES (3)")
                await #expect(throws: Refusal.self) {
                    try await outer.withSavepoint { inner in
                        try await inner.execute("INSERT INTO t VALUES (4)")
                        throw Refusal()
                    }
                }
            }
        }
        #expect(try await connection.integer("SELECT sum(a)::int8 FROM t") == 4)
    }

    @Test("lost serialization conflicts are run again, also when the error came wrapped")
    func serialization() async throws {
        let connection = try await connect()
        try await connection.execute("INSERT INTO t VALUES (0)")
        let url = PQConfiguration(url: try await url(of: connection))
        let attempts = Locked(0)
        let readers = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let own = try await PQConnection.connect(url)
                    for _ in 0..<10 {
                        try await own.withTransaction(isolation: .serializable, retries: 1000) { transaction in
                            attempts.withLock { $0 += 1 }
                            let value = try await transaction.integer("SELECT a FROM t")
                            // All have read the same before the first one writes.
                            readers.withLock { $0 += 1 }
                            try await eventually(within: .seconds(60), "all have read") { readers.value >= 4 }
                            do {
                                try await transaction.execute("UPDATE t SET a = \(value + 1)")
                            } catch {
                                throw Refusal()
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await connection.integer("SELECT a FROM t") == 40)
        #expect(attempts.value >= 43)
    }

    @Test("a deadlock is run again")
    func deadlock() async throws {
        let first = try await connect()
        try await first.run(script: "CREATE TABLE u (id int8 PRIMARY KEY, n int8); INSERT INTO u VALUES (1, 0), (2, 0)")
        let second = try await PQConnection.connect(PQConfiguration(url: try await url(of: first)))
        for connection in [first, second] { try await connection.run(script: "SET deadlock_timeout = '20ms'") }
        let locked = Locked(0)
        @Sendable func increment(_ connection: PQConnection, _ order: [Int]) async throws {
            try await connection.withTransaction(retries: 100) { transaction in
                try await transaction.execute("UPDATE u SET n = n + 1 WHERE id = \(order[0])")
                locked.withLock { $0 += 1 }
                try await eventually(within: .seconds(60), "both hold their first row") {
                    locked.value >= 2
                }
                try await transaction.execute("UPDATE u SET n = n + 1 WHERE id = \(order[1])")
            }
        }
        async let one: Void = increment(first, [1, 2])
        async let two: Void = increment(second, [2, 1])
        _ = try await (one, two)
        #expect(try await first.integer("SELECT sum(n)::int8 FROM u") == 4)
        // Who is run again may be faster than who was let through, and both hold their first row once more.
        #expect(locked.value >= 3)
    }

    @Test("retries end")
    func retriesEnd() async throws {
        let connection = try await connect()
        let attempts = Locked(0)
        await expectPQError(.server, "40001") {
            try await connection.withTransaction(retries: 2) { transaction in
                attempts.withLock { $0 += 1 }
                try await transaction.run(script: "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
            }
        }
        #expect(attempts.value == 3)
    }

    @Test("other tasks wait for the transaction; its own task may not use the connection")
    func exclusiveness() async throws {
        let connection = try await connect()
        let others = try await connection.withTransaction { transaction in
            await expectPQError(.usage) { try await connection.execute("INSERT INTO t VALUES (9)") }
            await expectPQError(.usage) { try await connection.withTransaction { _ in } }
            await expectPQError(.usage) { try await connection.copyOut("t") { _ in } }
            let others = (0..<5).map { index in
                Task.detached { try await connection.execute("INSERT INTO t VALUES (\(index))") }
            }
            for _ in 0..<20 {
                let count = try await transaction.integer("SELECT count(*) FROM t")
                #expect(count == 0)
                await Task.yield()
            }
            return others
        }
        for other in others { #expect(try await other.value == 1) }
        #expect(try await connection.integer("SELECT count(*) FROM t") == 5)
    }

    @Test("a transaction begun by hand is not built upon")
    func byHand() async throws {
        let connection = try await connect()
        try await connection.run(script: "BEGIN")
        await expectPQError(.usage) { try await connection.withTransaction { _ in } }
        try await connection.run(script: "ROLLBACK")
        try await connection.withTransaction { _ in }
    }

    private func url(of connection: PQConnection) async throws -> String {
        let name: String = try await connection.query("SELECT current_database()")[0].decode(0)
        return try await PostgresServer.shared().url(database: name)
    }
}
