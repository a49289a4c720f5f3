/// How long an event waits after its failures.
struct Backoff: Sendable {
    static let longest: Duration = .seconds(300)

    let base: Duration

    /// - Parameters:
    ///   - retryCount: how often the event had failed before.
    ///   - jitter: 0 ..< 1, drawn anew for each event: events that failed together don't come back together.
    /// - Returns: base · 2^min(retryCount, 5), shortened by up to a fifth, at most 5 minutes.
    func delay(retryCount: Int, jitter: Double) -> Duration {
        let whole = base * (1 << min(max(retryCount, 0), 5))
        return min(whole, Self.longest) * (1 - jitter / 5)
    }
}
