import Dispatch

/// One timer that is set anew as often as need be.
///
/// A sleeping task for each wish would be left behind by every earlier wish, by the thousand.
final class WakeUpTimer: @unchecked Sendable {
    // Unchecked holds because a dispatch source may be used from any thread, and nothing else is kept.
    private let source: any DispatchSourceTimer

    /// - Parameter fire: called on a thread of Dispatch when the time has come.
    init(fire: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeTimerSource()
        source.setEventHandler(handler: fire)
        source.schedule(deadline: .distantFuture)
        source.activate()
    }

    deinit { source.cancel() }

    /// Fires once after `delay`; what was set before is forgotten.
    func set(after delay: Duration) {
        let (seconds, attoseconds) = delay.components
        let nanoseconds = max(0, seconds) * 1_000_000_000 + attoseconds / 1_000_000_000
        source.schedule(deadline: .now() + .nanoseconds(Int(max(0, nanoseconds))), leeway: .microseconds(100))
    }
}
