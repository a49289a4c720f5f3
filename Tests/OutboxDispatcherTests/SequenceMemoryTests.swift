import Testing

@testable import OutboxDispatcher

@Suite("Memory of settled sequences")
struct SequenceMemoryTests {
    private func isLate(_ memory: inout SequenceMemory, _ sequence: Int64, of aggregate: Int) -> Bool {
        memory.settle(SettledEvent(sequence: sequence, aggregateHash: aggregate))
    }

    @Test("an event that comes after a later one of its aggregate is seen, others are not")
    func violation() {
        var memory = SequenceMemory(capacity: 16)
        #expect(isLate(&memory, 5, of: 1) == false)
        #expect(isLate(&memory, 3, of: 2) == false)
        #expect(isLate(&memory, 6, of: 1) == false)
        #expect(isLate(&memory, 4, of: 1) == true)
        #expect(isLate(&memory, 7, of: 1) == false)
    }

    @Test("aggregates that share a place blame nobody")
    func collision() {
        var memory = SequenceMemory(capacity: 16)
        #expect(isLate(&memory, 9, of: 3) == false)
        #expect(isLate(&memory, 1, of: 19) == false)
        #expect(isLate(&memory, 2, of: 3) == false)
    }
}
