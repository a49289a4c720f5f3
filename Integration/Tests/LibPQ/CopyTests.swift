import FoundationEssentials
import LibPQ
import Servers
import Testing

@Suite("LibPQ: COPY")
struct CopyTests {
    private struct Refusal: Error {}

    private func connect() async throws -> PQConnection {
        let connection = try await LibPQDatabase.connect()
        try await connection.run(script: "CREATE SCHEMA s; CREATE TABLE s.\"T\" (a int8, b text, c uuid, d jsonb)")
        return connection
    }

    private let columns = ["a", "b", "c", "d"]

    @Test("rows go in and come out as they were")
    func roundTrip() async throws {
        let connection = try await connect()
        let id = UUID()
        let count = 20_000
        let written = try await connection.copyIn("s.T", columns: columns) { writer in
            for index in 0..<count {
                try await writer.write(index, index.isMultiple(of: 3) ? nil : "é\(index)", id, PQJSON("{}"))
            }
        }
        #expect(written == count)
        var sum = 0
        var nulls = 0
        try await connection.copyOut("s.T") { reader in
            while let row = try await reader.nextRow() {
                let (a, b, c, d) = try row.decode((Int, String?, UUID, PQJSON).self)
                #expect(c == id && d.text == "{}")
                #expect(b == nil || b == "é\(a)")
                sum += a
                nulls += b == nil ? 1 : 0
            }
        }
        #expect(sum == count * (count - 1) / 2)
        #expect(nulls == (count + 2) / 3)
        #expect(try await connection.copyIn("s.T", columns: ["a", "b"], rows: [(1, "x"), (2, "y")]) == 2)
        #expect(try await connection.copyIn("s.T", columns: ["a", "b"], rows: [(Int, String)]()) == 0)
    }

    @Test("when the writer gives up, no row is kept")
    func abandoned() async throws {
        let connection = try await connect()
        await #expect(throws: Refusal.self) {
            try await connection.copyIn("s.T", columns: ["a"]) { writer in
                for index in 0..<100_000 { try await writer.write(index) }
                throw Refusal()
            }
        }
        await expectPQError(.usage) {
            try await connection.copyIn("s.T", columns: ["a"]) { try await $0.write(1, 2) }
        }
        #expect(try await connection.integer("SELECT count(*) FROM s.\"T\"") == 0)
    }

    @Test("what the server dislikes is told")
    func serverErrors() async throws {
        let connection = try await connect()
        await expectPQError(.server, "42P01") {
            try await connection.copyIn("nothing", columns: ["a"]) { try await $0.write(1) }
        }
        await expectPQError(.server, "08P01") {
            try await connection.copyIn("s.T", columns: ["a"]) { try await $0.write(Int32(1)) }
        }
        await expectPQError(.usage) { try await connection.copyIn("s.T", columns: []) { _ in } }
        await expectPQError(.server, "22012") {
            try await connection.copyOut(unsafe: "SELECT 1/(n - 5000) FROM generate_series(1, 10000) n") { reader in
                while try await reader.nextRow() != nil {}
            }
        }
        #expect(try await connection.integer("SELECT 1") == 1)
    }

    @Test("a reader may stop early, in a transaction too")
    func earlyEnd() async throws {
        let connection = try await connect()
        let endless = "SELECT generate_series(1, 1000000000)"
        let first = try await connection.copyOut(unsafe: endless) { reader in
            try await reader.nextRow()?.decode(Int32.self)
        }
        #expect(first == 1)
        await #expect(throws: Refusal.self) {
            try await connection.copyOut(unsafe: endless) { _ in throw Refusal() }
        }
        let count = try await connection.withTransaction { transaction in
            try await transaction.copyOut(unsafe: "SELECT n FROM generate_series(1, 100000) n") { reader in
                _ = try await reader.nextRow()
            }
            return try await transaction.copyIn("s.T", columns: ["a", "b"], rows: [(1, "x"), (2, "y"), (3, "z")])
        }
        #expect(count == 3)
        #expect(try await connection.integer("SELECT count(*) FROM s.\"T\"") == 3)
    }

    @Test("a cancelled COPY ends in both directions, and the connection goes on")
    func cancellation() async throws {
        let connection = try await connect()
        let reading = Task {
            try await connection.copyOut(unsafe: "SELECT pg_sleep(0.01) FROM generate_series(1, 100000)") { reader in
                while try await reader.nextRow() != nil {}
            }
        }
        let watcher = try await LibPQDatabase.connect()
        try await eventually(within: .seconds(60), "the COPY runs") {
            try await watcher.integer(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT pg_sleep%' AND state = 'active'"
            ) == 1
        }
        reading.cancel()
        await expectPQError(.cancelled) { try await reading.value }
        let writing = Task {
            try await connection.copyIn("s.T", columns: ["a"]) { writer in
                for index in 0... { try await writer.write(index) }
            }
        }
        try await eventually(within: .seconds(60), "rows arrive") {
            try await watcher.integer("SELECT count(*) FROM pg_stat_progress_copy") == 1
        }
        writing.cancel()
        await expectPQError(.cancelled) { try await writing.value }
        #expect(try await connection.integer("SELECT count(*) FROM s.\"T\"") == 0)
    }

    @Test("in a transaction, nothing else runs during a COPY")
    func interference() async throws {
        let connection = try await connect()
        try await connection.withTransaction { transaction in
            try await transaction.copyIn("s.T", columns: ["a"]) { writer in
                try await writer.write(1)
                await expectPQError(.usage) { try await transaction.execute("SELECT 1") }
                await expectPQError(.usage) {
                    try await transaction.copyIn("s.T", columns: ["a"]) { try await $0.write(1) }
                }
                try await writer.write(2)
            }
        }
        #expect(try await connection.integer("SELECT count(*) FROM s.\"T\"") == 2)
    }
}
