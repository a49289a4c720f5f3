import Testing

@testable import LibRDKafka

@Suite("Asking for more when there is room in a queue")
struct RoomWatchTests {
    /// Of lengths that a queue has one after the other, those at which it is asked.
    private func asked(at lengths: some Sequence<Int>, answering: Bool = true) -> [Int] {
        var watch = RoomWatch()
        return lengths.filter { length in
            let asks = watch.shouldAsk(queued: length)
            if asks, answering { watch.asked() }
            return asks
        }
    }

    @Test("a queue that was never long is none that fetching waits for")
    func short() {
        #expect(asked(at: [0, 9_000, 0, 5_000, 0]) == [])
    }

    @Test("each time that half of a long queue is gone it is asked, down to where the queue is short")
    func halves() {
        #expect(asked(at: stride(from: 100_000, through: 0, by: -5_000)) == [50_000, 25_000, 10_000, 5_000])
        #expect(asked(at: [30_000, 12_000, 30_000, 16_000, 14_000]) == [12_000, 14_000])
    }

    @Test("one question at a time")
    func one() {
        #expect(asked(at: [100_000, 40_000, 10_000, 0], answering: false) == [40_000])
    }
}
