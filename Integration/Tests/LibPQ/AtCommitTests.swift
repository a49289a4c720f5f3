import LibPQ
import Testing

@Suite("LibPQ: statements that run with COMMIT")
struct AtCommitTests {
    private struct Refusal: Error {}

    private func connect(preparesStatements: Bool = true) async throws -> PQConnection {
        let connection = try await LibPQDatabase.connect(preparesStatements: preparesStatements)
        try await connection.run(script: "CREATE TABLE t (a int8 UNIQUE DEFERRABLE INITIALLY DEFERRED, b int8 UNIQUE)")
        return connection
    }

    private func rows(_ session: some PQSession) async throws -> [Int64] {
        try await session.query("SELECT b FROM t ORDER BY ctid").rows.map { try $0.decode(0, as: Int64.self) }
    }

    @Test("they run last, in the order of their calls", arguments: [true, false])
    func order(preparesStatements: Bool) async throws {
        let connection = try await connect(preparesStatements: preparesStatements)
        for round in Int64(0)..<3 {
            try await connection.withTransaction { transaction in
                try transaction.atCommit("INSERT INTO t (b) VALUES (\(10 * round + 2))")
                try transaction.atCommit("INSERT INTO t (b) VALUES (\(10 * round + 3))")
                try await transaction.execute("INSERT INTO t (b) VALUES (\(10 * round + 1))")
                #expect(try await rows(transaction).last == 10 * round + 1)
            }
        }
        #expect(try await rows(connection) == [1, 2, 3, 11, 12, 13, 21, 22, 23])
    }

    @Test("one that fails leaves nothing of the transaction, and its error is thrown")
    func failure() async throws {
        let connection = try await connect()
        let alone = await expectPQError(.server, "23505") {
            try await connection.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t (b) VALUES (1)")
                try transaction.atCommit("INSERT INTO t (b) VALUES (1)")
            }
        }
        #expect(alone?.message.hasPrefix("duplicate key") == true)
        let second = await expectPQError(.server, "22012") {
            try await connection.withTransaction { transaction in
                try transaction.atCommit("INSERT INTO t (b) VALUES (2)")
                try transaction.atCommit("SELECT 1/0")
                try transaction.atCommit("INSERT INTO t (b) VALUES (3)")
            }
        }
        #expect(second?.message.hasPrefix("statement 2 of 3: ") == true)
        #expect(try await rows(connection) == [])
    }

    @Test("a COMMIT that the server refuses is told as such")
    func refusedCommit() async throws {
        let connection = try await connect()
        let error = await expectPQError(.server, "23505") {
            try await connection.withTransaction { transaction in
                try transaction.atCommit("INSERT INTO t VALUES (1, 1)")
                try transaction.atCommit("INSERT INTO t VALUES (1, 2)")
            }
        }
        #expect(error?.message.hasPrefix("duplicate key") == true)
        #expect(try await rows(connection) == [])
    }

    @Test("a closure that throws, and a savepoint that is rolled back, take theirs along")
    func rollback() async throws {
        let connection = try await connect()
        await #expect(throws: Refusal.self) {
            try await connection.withTransaction { transaction in
                try transaction.atCommit("INSERT INTO t (b) VALUES (1)")
                throw Refusal()
            }
        }
        try await connection.withTransaction { transaction in
            try transaction.atCommit("INSERT INTO t (b) VALUES (2)")
            await #expect(throws: Refusal.self) {
                try await transaction.withSavepoint { transaction in
                    try transaction.atCommit("INSERT INTO t (b) VALUES (3)")
                    throw Refusal()
                }
            }
            try await transaction.withSavepoint { try $0.atCommit("INSERT INTO t (b) VALUES (4)") }
        }
        #expect(try await rows(connection) == [2, 4])
    }

    @Test("none is taken after the transaction's end, since it would never run")
    func afterwards() async throws {
        let connection = try await connect()
        let committed = try await connection.withTransaction { $0 }
        await expectPQError(.usage) { try committed.atCommit("INSERT INTO t (b) VALUES (1)") }
        let rolledBack = Locked<PQTransaction?>(nil)
        await #expect(throws: Refusal.self) {
            try await connection.withTransaction { transaction in
                rolledBack.withLock { $0 = transaction }
                throw Refusal()
            }
        }
        await expectPQError(.usage) { try rolledBack.value?.atCommit("INSERT INTO t (b) VALUES (1)") }
        #expect(try await rows(connection) == [])
    }

    @Test("a swallowed error does not pass for a commit")
    func swallowedError() async throws {
        let connection = try await connect()
        await expectPQError(.server, "25P02") {
            try await connection.withTransaction { transaction in
                try transaction.atCommit("INSERT INTO t (b) VALUES (1)")
                _ = try? await transaction.query("SELECT 1/0")
            }
        }
        #expect(try await rows(connection) == [])
    }

    @Test("the transaction is run again when one loses against a concurrent transaction")
    func retry() async throws {
        let connection = try await connect()
        try await connection.run(
            script: """
                CREATE SEQUENCE attempts;
                CREATE FUNCTION lose_twice() RETURNS int8 LANGUAGE plpgsql AS $$ BEGIN
                    IF nextval('attempts') < 3 THEN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END IF;
                    RETURN 1;
                END $$
                """)
        let attempts = Locked(0)
        try await connection.withTransaction { transaction in
            attempts.withLock { $0 += 1 }
            try transaction.atCommit("INSERT INTO t (b) SELECT lose_twice()")
        }
        #expect(attempts.value == 3)
        #expect(try await rows(connection) == [1])
    }
}
