import Testing

@testable import LibPQ

@Suite("Errors")
struct ErrorTests {
    @Test(
        "input is blanked out of data errors, in the server's languages",
        arguments: [
            ("22P02", "invalid input syntax for type uuid: \"s3cret\"", "invalid input syntax for type uuid: \"…\""),
            (
                "22003", "value \"s3cret\" is out of range for type integer",
                "value \"…\" is out of range for type integer"
            ),
            (
                "22P02", "ungültige Eingabesyntax für Typ integer: »s3cret«",
                "ungültige Eingabesyntax für Typ integer: \"…\""
            ),
            ("22007", "bad \"s3\" cret\"", "bad \"…\""),
            ("23505", "duplicate key value violates unique constraint \"c\"", nil),
            ("42P01", "relation \"t\" does not exist", nil),
        ] as [(String, String, String?)])
    func values(state: String, message: String, expected: String?) {
        #expect(PQError.withoutValues(message, sqlState: state) == expected ?? message)
    }

    @Test(
        "what is transient and what is not",
        arguments: [
            (PQError(.connectionLost, "gone"), true, false, true),
            (PQError(.connectionFailed, "refused"), true, false, true),
            (PQError(.connectionFailed, "wrong password", sqlState: "28P01"), false, false, false),
            (PQError(.connectionFailed, "starting up", sqlState: "57P03"), true, false, true),
            (PQError(.connectionFailed, "too many", sqlState: "53300"), false, false, true),
            (PQError(.connectionFailed, "PgBouncer's server is down", sqlState: "08P01"), true, false, true),
            (PQError(.server, "serialization", sqlState: "40001"), false, true, true),
            (PQError(.server, "deadlock", sqlState: "40P01"), false, true, true),
            (PQError(.server, "lock", sqlState: "55P03"), false, false, true),
            (PQError(.server, "shutdown", sqlState: "57P01"), true, false, true),
            (PQError(.server, "connection", sqlState: "08006"), true, false, true),
            (PQError(.server, "malformed", sqlState: "08P01"), false, false, false),
            (PQError(.server, "unique", sqlState: "23505"), false, false, false),
            (PQError(.usage, "wrong"), false, false, false),
            (PQError(.cancelled, "cancelled"), false, false, false),
        ])
    func kinds(error: PQError, isLost: Bool, isSerialization: Bool, isTransient: Bool) {
        #expect(error.isConnectionLost == isLost)
        #expect(error.isSerializationFailure == isSerialization)
        #expect(error.isTransient == isTransient)
    }

    @Test("a description has all that helps")
    func description() {
        var error = PQError(.server, "duplicate key", sqlState: "23505")
        error.constraint = "positions_pkey"
        error.table = "positions"
        error.hint = "Think."
        #expect(
            error.description
                == "server: duplicate key [SQLSTATE 23505] (constraint positions_pkey) (table positions) Hint: Think.")
    }
}
