/// Tells for how long something has kept vacuum from removing rows: an open transaction, a prepared one, a replication slot.
///
/// When transactions of others began is not for every role to see, but how many have begun since is. So it remembers how
/// many there were at each look.
struct VacuumHold {
    private var looks: [(instant: ContinuousClock.Instant, transactions: Int64)] = []

    /// More are not needed to tell minutes from hours.
    private static let maximumLooks = 512

    /// - Parameters:
    ///   - transactions: how many the server has begun.
    ///   - held: how many since the oldest one whose rows must stay; nil when none has to.
    ///   - instant: when that was seen.
    /// - Returns: how long ago the first look was at which it was so already.
    mutating func duration(
        transactions: Int64, held: Int64?, at instant: ContinuousClock.Instant
    ) -> Duration {
        let oldest = transactions - (held ?? 0)
        looks.removeAll { $0.transactions <= oldest }
        let first = looks.first
        if looks.count >= Self.maximumLooks {
            looks = looks.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        }
        looks.append((instant, transactions))
        return first.map { instant - $0.instant } ?? .zero
    }
}
