import Testing

@testable import IdempotentConsumer

@Suite("Work queue and signal")
struct WorkQueueTests {
    @Test("what is pushed comes out once, in order, and workers are let go at the end")
    func order() async {
        let queue = WorkQueue<Int>()
        for number in 0..<1_000 { queue.push(number) }
        var taken: [Int] = []
        for _ in 0..<1_000 { if let number = await queue.next() { taken.append(number) } }
        #expect(taken == Array(0..<1_000))
        async let waiting = queue.next()
        queue.finish()
        #expect(await waiting == nil)
        #expect(await queue.next() == nil)
    }

    @Test("several workers share what is pushed")
    func workers() async {
        let queue = WorkQueue<Int>()
        let total = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var sum = 0
                    while let number = await queue.next() {
                        sum += number
                        if number == 500 { queue.finish() }
                    }
                    return sum
                }
            }
            for number in 1...500 { queue.push(number) }
            return await group.reduce(0, +)
        }
        // Those behind the last may be dropped by finish(), so every number counts at most once.
        #expect(total <= 500 * 501 / 2 && total >= 500)
    }

    @Test("a signal wakes who waits, is kept for who comes later, and ends with its limit")
    func signal() async {
        let signal = Signal()
        signal.raise()
        await signal.wait(atMost: .seconds(60))
        async let waiting: Void = signal.wait(atMost: .seconds(60))
        signal.raise()
        await waiting
        await signal.wait(atMost: .milliseconds(1))
    }
}
