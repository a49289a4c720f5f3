/// What happened between two samples, by second.
struct TopRates: Sendable, Equatable {
    /// Events written; `nil` when that is not known yet.
    var written: Double?
    /// Events settled.
    var settled: Double?
    /// Of the events acknowledged meanwhile: the delay that half of them, and 99 of 100, did not pass.
    var median: Double?
    var nearlyAll: Double?

    init(from earlier: TopSample?, to sample: TopSample) {
        guard let earlier else { return }
        let seconds = max((sample.at - earlier.at) / .seconds(1), 0.001)
        if let last = sample.lastSequence, let first = earlier.lastSequence {
            // What was drawn and rolled back counts as written and settled at once.
            let written = Double(max(0, last - first))
            let growth = Double(sample.pending + sample.parked - earlier.pending - earlier.parked)
            self.written = written / seconds
            settled = max(0, written - growth) / seconds
        }
        if let metrics = sample.metrics {
            // Of one dispatcher: where others work as well, the outbox knows better.
            if settled == nil, let before = earlier.metrics {
                settled = max(0, metrics.settled - before.settled) / seconds
            }
            median = metrics.delay(of: 0.5, since: earlier.metrics)
            nearlyAll = metrics.delay(of: 0.99, since: earlier.metrics)
        }
    }
}
