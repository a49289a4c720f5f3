import Testing

@testable import LibPQ

@Suite("SQL text with bound values")
struct StatementTests {
    @Test("an interpolated value becomes a parameter, never a part of the text")
    func binding() {
        let name = "'; DROP TABLE t; --"
        let statement: PQStatement = "SELECT a FROM t WHERE b = \(name) AND c = \(Int32(7)) AND d = ANY(\([1, 2]))"
        #expect(statement.sql == "SELECT a FROM t WHERE b = $1 AND c = $2 AND d = ANY($3)")
        #expect(statement.parameters.map(\.type) == [.text, .int4, .int8Array])
        #expect(statement.parameters[0].bytes == Array(name.utf8))
        #expect(statement.parameters[1].bytes == [0, 0, 0, 7])
    }

    @Test("nil is a typed NULL")
    func null() {
        let missing: Int64? = nil
        let statement: PQStatement = "SELECT \(missing), \(Optional("x"))"
        #expect(statement.parameters[0].bytes == nil)
        #expect(statement.parameters[0].type == .int8)
        #expect(statement.parameters[1].bytes == [0x78])
    }

    @Test("names are quoted, trusted text is spliced")
    func splicing() {
        let statement: PQStatement = "SELECT * FROM \(identifier: "odd\"na.me") \(unsafe: "ORDER BY 1") LIMIT \(5)"
        #expect(statement.sql == "SELECT * FROM \"odd\"\"na.me\" ORDER BY 1 LIMIT $1")
    }

    @Test("values given beside the text are bound in order")
    func unsafeInitializer() {
        let statement = PQStatement(unsafe: "SELECT $1, $2", [true, "x"])
        #expect(statement.parameters.map(\.type) == [.bool, .text])
        #expect(statement.parameters[0].bytes == [1])
    }

    @Test("a parameter prints as its type only")
    func printing() {
        let statement: PQStatement = "SELECT \("secret")"
        #expect("\(statement.parameters)" == "[<text>]")
        #expect(!String(reflecting: statement.parameters).contains("secret"))
    }
}
