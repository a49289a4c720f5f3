/// What a drain took.
struct DrainResult {
    let eventsPerSecond: Double
    /// Per million events: of what drained, of PostgreSQL, of the broker.
    let processor: Double
    let postgres: Double
    let broker: Double
    /// Of the largest process that drained.
    let peakMebibytes: Double
    let verified: [Measurement]

    init(
        events: Int, time: Duration, usages: [ProcessUsage], before: ServerUsage, after: ServerUsage,
        verified: [Measurement] = []
    ) {
        let millions = Double(events) / 1_000_000
        eventsPerSecond = Double(events) / (time / .seconds(1))
        processor = usages.reduce(0) { $0 + $1.processorSeconds } / millions
        postgres = (after.postgres - before.postgres) / millions
        broker = (after.broker - before.broker) / millions
        peakMebibytes = usages.map(\.peakMebibytes).max() ?? .nan
        self.verified = verified
    }

    /// - Parameter isOurs: whether it was a dispatcher, which has targets.
    func measurements(_ name: String, isOurs: Bool = true) -> [Measurement] {
        [
            Measurement(name, eventsPerSecond, "events/s"),
            Measurement("\(name): processor time", processor, "s per million", target: isOurs ? .atMost(4) : nil),
            Measurement("\(name): processor time, PostgreSQL", postgres, "s per million"),
            Measurement("\(name): processor time, broker", broker, "s per million"),
            Measurement("\(name): peak memory", peakMebibytes, "MiB", target: isOurs ? .atMost(64) : nil),
        ] + verified
    }
}
