/// Who showed wrong tokens, and how long each must wait.
struct FailedAttempts {
    private struct Record {
        var count: Int
        var until: ContinuousClock.Instant
    }

    /// So many clients are told apart; the others share one record.
    static let mostClients = 256
    static let longestWait: Duration = .seconds(30)
    /// A few slips are forgiven.
    private static let free = 3
    private static let others = ""

    private var records: [String: Record] = [:]

    /// - Returns: how long the client must wait; `nil` when it may try.
    func wait(for client: String, now: ContinuousClock.Instant) -> Duration? {
        guard let record = records[client] ?? (records.count >= Self.mostClients ? records[Self.others] : nil),
            record.until > now
        else { return nil }
        return record.until - now
    }

    mutating func failed(_ client: String, now: ContinuousClock.Instant) {
        if records[client] == nil, records.count >= Self.mostClients {
            records = records.filter { now - $0.value.until < .seconds(600) }
        }
        let key = records[client] != nil || records.count < Self.mostClients ? client : Self.others
        let count = (records[key]?.count ?? 0) + 1
        let wait: Duration =
            count < Self.free ? .zero : min(.milliseconds(500) * (1 << min(count - Self.free, 10)), Self.longestWait)
        records[key] = Record(count: count, until: now + wait)
    }

    mutating func succeeded(_ client: String) { records[client] = nil }
}
