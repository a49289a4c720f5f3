/// How fast many events were drained or consumed, and what that took.
struct Throughput {
    let eventsPerSecond: Double
    /// Seconds per million events: of the processes measured, of PostgreSQL, of the broker.
    let processor: Double
    let postgres: Double
    let broker: Double
    /// Of the largest of the processes measured.
    let peakMebibytes: Double
    /// What else was measured on the way.
    let others: [Measurement]

    init(
        events: Int, time: Duration, usages: [ProcessUsage], before: ServerUsage, after: ServerUsage,
        others: [Measurement] = []
    ) {
        let millions = Double(events) / 1_000_000
        eventsPerSecond = Double(events) / (time / .seconds(1))
        processor = usages.reduce(0) { $0 + $1.processorSeconds } / millions
        postgres = (after.postgres - before.postgres) / millions
        broker = (after.broker - before.broker) / millions
        peakMebibytes = usages.map(\.peakMebibytes).max() ?? .nan
        self.others = others
    }

    /// - Parameters:
    ///   - rate: the events per second that there should be.
    ///   - isDispatcher: whether processor time and memory have a dispatcher's targets.
    func measurements(
        _ name: String, rate: Measurement.Target? = nil, isDispatcher: Bool = false
    ) -> [Measurement] {
        [
            Measurement(name, eventsPerSecond, "events/s", target: rate),
            Measurement(
                "\(name): processor time", processor, "s per million", target: isDispatcher ? .atMost(4) : nil),
            Measurement("\(name): processor time, PostgreSQL", postgres, "s per million"),
            Measurement("\(name): processor time, broker", broker, "s per million"),
            Measurement("\(name): peak memory", peakMebibytes, "MiB", target: isDispatcher ? .atMost(64) : nil),
        ] + others
    }
}
