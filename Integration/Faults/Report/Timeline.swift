/// Moments at which something went on, in milliseconds since 1970.
struct Timeline: Sendable {
    private let moments: [Double]

    init(_ moments: some Sequence<Double>) { self.moments = moments.sorted() }

    /// How many there were up to a time.
    func count(until time: Double) -> Int {
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first moment after a time.
    func next(after time: Double) -> Double? {
        let index = count(until: time)
        return index < moments.count ? moments[index] : nil
    }

    /// The longest time without any moment within a span.
    func longestGap(from begin: Double, to end: Double) -> Double {
        var previous = begin
        var longest = 0.0
        for moment in moments[count(until: begin)...] {
            longest = max(longest, min(moment, end) - previous)
            previous = moment
            if moment >= end { return longest }
        }
        return max(longest, end - previous)
    }
}
