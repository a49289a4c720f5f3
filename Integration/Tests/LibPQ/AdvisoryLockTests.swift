import LibPQ
import Servers
import Testing

@Suite("LibPQ: advisory locks")
struct AdvisoryLockTests {
    private struct Trouble: Error {}

    @Test("one session at a time; who is out of patience is told so; errors and cancellation let go")
    func alone() async throws {
        let database = try await TestDatabase.make("advisory", migrate: false)
        try await database.pool.withConnection { first in
            try await first.withAdvisoryLock("one", for: "a test") {
                try await database.pool.withConnection { second in
                    await #expect(throws: PQAdvisoryLockTaken.self) {
                        try await second.withAdvisoryLock("one", for: "a test", patience: .milliseconds(150)) {}
                    }
                    let other = try await second.withAdvisoryLock("other", for: "a test") { 7 }
                    #expect(other == 7)
                }
            }
            await #expect(throws: Trouble.self) {
                try await first.withAdvisoryLock("one", for: "a test") { throw Trouble() }
            }
            let task = Task {
                try await first.withAdvisoryLock("one", for: "a test") {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await Task.sleep(for: .seconds(60))
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            try await database.pool.withConnection { second in
                try await second.withAdvisoryLock("one", for: "a test", patience: .seconds(30)) {}
            }
        }
        await database.pool.close()
    }
}
