/// The delays of the last minutes, in bounded memory.
struct DelayRing {
    /// A quarter of an hour.
    static let capacity = 180

    private(set) var delays: [ReadModelSection.Delay] = []

    mutating func add(_ delay: ReadModelSection.Delay) {
        delays.append(delay)
        if delays.count > Self.capacity { delays.removeFirst(delays.count - Self.capacity) }
    }
}
