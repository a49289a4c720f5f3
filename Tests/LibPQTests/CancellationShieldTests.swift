import Testing

@testable import LibPQ

@Suite("What has to be done also when a task is cancelled")
struct CancellationShieldTests {
    private struct Trouble: Error {}

    @Test("is done to its end, and its result or error comes back")
    func done() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            let result = await shieldedFromCancellation { Task.isCancelled ? 0 : 1 }
            await #expect(throws: Trouble.self) { try await shieldedFromCancellation { throw Trouble() } }
            return (result, Task.isCancelled)
        }
        #expect(await task.value == (1, true))
    }
}
