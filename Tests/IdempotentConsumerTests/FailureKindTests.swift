import LibPQ
import Testing

@testable import IdempotentConsumer

@Suite("Telling what is wrong with an event from what is wrong with the world")
struct FailureKindTests {
    private struct NoAnswer: TransientError {}
    private struct NoSuchPosition: Error {}

    @Test(
        "servers, resources, rollbacks and missing tables are no event's fault",
        arguments: [
            "08006", "40001", "40P01", "53100", "53300", "57P01", "57P03", "58030", "XX000", "55P03", "42P01", "42501",
            "42703", "25006",
        ])
    func transientStates(state: String) {
        #expect(FailureKind.isTransient(PQError(.server, "no", sqlState: state)))
    }

    @Test(
        "what a statement says about data is",
        arguments: ["23505", "23503", "23502", "22P02", "22003", "P0001", "57014", "42601"])
    func eventStates(state: String) {
        #expect(!FailureKind.isTransient(PQError(.server, "no", sqlState: state)))
    }

    @Test("a lost connection and the projection's own transient errors pass, other errors don't")
    func others() {
        #expect(FailureKind.isTransient(PQError(.connectionLost, "gone")))
        #expect(FailureKind.isTransient(PQError(.poolExhausted, "busy")))
        #expect(FailureKind.isTransient(NoAnswer()))
        #expect(FailureKind.isTransient(CancellationError()))
        #expect(!FailureKind.isTransient(NoSuchPosition()))
        #expect(!FailureKind.isTransient(PQError(.timeout, "slow", sqlState: "57014")))
    }
}
