import Testing

@testable import LibRDKafka

@Suite("Machinery without a cluster")
struct MachineryTests {
    @Test("a batch completes once, whichever side comes last", arguments: 0..<50)
    func slots(_ round: Int) async {
        let count = 100 + round
        let slots = DeliverySlots(capacity: count)
        let queued = Condition<(count: Int, completions: Int)>((0, 0))
        let hasThread = BlockingCalls.shared.run {
            // The polling thread's part.
            for number in 0..<count {
                queued.wait { $0.count > number ? () : nil }
                slots.slots[number].error = number == 7 ? KafkaError.Code.transport.rawValue : 0
                if slots.reported(1, failures: number == 7 ? 1 : 0) { queued.update { $0.completions += 1 } }
            }
        }
        #expect(hasThread)
        for _ in 0..<count {
            _ = slots.nextSlot()
            slots.queued()
            queued.update { $0.count += 1 }
        }
        if slots.seal() { queued.update { $0.completions += 1 } }
        await slots.completion()
        let reports = KafkaBatchReports(slots)
        #expect(reports.count == count)
        #expect(!reports.allAcknowledged)
        #expect(reports.firstFailure == 7)
        #expect(reports[7].error?.code == .transport)
        // The side that completed it says so a moment after the waiter has been resumed.
        queued.wait { $0.completions > 0 ? () : nil }
        #expect(queued.read(\.completions) == 1)
        #expect(!slots.seal())
    }

    @Test("an abandoned batch completes, sealed before or after, and counts as purged", arguments: [true, false])
    func abandoned(_ isSealedFirst: Bool) async {
        let registry = DeliveryRegistry()
        let slots = DeliverySlots(capacity: 2)
        registry.add(slots)
        _ = slots.nextSlot()
        slots.queued()
        if isSealedFirst { #expect(!slots.seal()) }
        registry.abandonAll()
        if !isSealedFirst { #expect(!slots.seal()) }
        await slots.completion()
        #expect(!slots.allAcknowledged)
        #expect(KafkaBatchReports(slots).code(at: 0) == .purgedInFlight)
        let late = DeliverySlots(capacity: 1)
        registry.add(late)
        _ = late.seal()
        await late.completion()
    }

    @Test("every blocking call runs, also many at once")
    func blockingCalls() async throws {
        let done = Collected<Int>()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await BlockingCalls.shared.run { () -> Result<Int, KafkaError> in
                        done.append(number)
                        return .success(number)
                    }
                }
            }
            for try await number in group { #expect(number < 200) }
        }
        #expect(done.all.sorted() == Array(0..<200))
    }

    @Test("nobody waits for space in vain, whether woken, cancelled or ended")
    func spaceWaiters() async throws {
        let waiters = SpaceWaiters()
        try await waiters.wait { true }
        let woken = (0..<20).map { _ in Task { try await waiters.wait { false } } }
        let waker = Task {
            while !Task.isCancelled {
                waiters.resumeAll()
                await Task.yield()
            }
        }
        for task in woken { try await task.value }
        waker.cancel()
        await waker.value
        let cancelled = (0..<20).map { _ in Task { try await waiters.wait { false } } }
        for task in cancelled { task.cancel() }
        for task in cancelled { await #expect(throws: CancellationError.self) { try await task.value } }
        let ended = (0..<20).map { _ in Task { try await waiters.wait { false } } }
        waiters.fail(KafkaError(.closed))
        for task in ended { await #expect(throws: KafkaError.self) { try await task.value } }
        await #expect(throws: KafkaError.self) { try await waiters.wait { true } }
    }

    @Test("a gate lets nobody in once it is closed, and knows when all have left")
    func gate() {
        let gate = Gate()
        let entered = [gate.enter(), gate.enter()]
        #expect(entered == [true, true])
        let closed = [gate.close(), gate.close()]
        #expect(closed == [true, false])
        let isLate = gate.enter()
        #expect(!isLate)
        gate.leave()
        let isEmptyWithOne = gate.isEmpty
        #expect(!isEmptyWithOne)
        gate.leave()
        let isEmpty = gate.isEmpty
        #expect(isEmpty)
        gate.waitUntilEmpty()
    }

    @Test("durations become librdkafka's milliseconds, never less than asked for")
    func milliseconds() {
        #expect(Duration.zero.roundedMilliseconds == 0)
        #expect(Duration.nanoseconds(1).roundedMilliseconds == 1)
        #expect(Duration.milliseconds(1500).roundedMilliseconds == 1500)
        #expect(Duration.seconds(-1).roundedMilliseconds == 0)
        #expect(Duration.seconds(Int64.max).roundedMilliseconds == Int32.max)
        #expect(Duration.seconds(2_147_482).roundedMilliseconds == 2_147_482_000)
    }
}
