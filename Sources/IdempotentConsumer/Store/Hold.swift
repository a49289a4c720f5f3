/// An aggregate that waits because its first waiting event failed.
struct Hold: Sendable, Hashable {
    /// How often its first waiting event has been tried.
    var attempts: Int
    /// When to try again; nil: an operator decides.
    var retryAt: ContinuousClock.Instant?
    /// Why it failed.
    var lastError: String
}
