import Synchronization

/// Shows how far long work is: a bar that is redrawn on a terminal, a line every few seconds elsewhere, nothing when
/// quiet.
public final class Progress: Sendable {
    private struct State {
        var done = 0
        var lastShown: ContinuousClock.Instant?
    }

    private let title: String
    private let total: Int?
    private let isQuiet: Bool
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void
    private let started: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameters:
    ///   - total: how much there is to do, when it is known.
    ///   - isQuiet: shows nothing.
    public convenience init(_ title: String, total: Int? = nil, isQuiet: Bool = false) {
        let console = Console.standardError
        self.init(
            title, total: total, isQuiet: isQuiet, isTerminal: console.isTerminal, write: { console.write($0) },
            now: { .now })
    }

    init(
        _ title: String, total: Int?, isQuiet: Bool, isTerminal: Bool, write: @escaping @Sendable (String) -> Void,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.title = title
        self.total = total
        self.isQuiet = isQuiet
        self.isTerminal = isTerminal
        self.write = write
        self.now = now
        started = now()
    }

    /// So much more is done.
    public func advance(by count: Int = 1) {
        let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
        let time = now()
        let line: String? = state.withLock { state in
            state.done += count
            guard !isQuiet, time - (state.lastShown ?? started) >= interval else { return nil }
            state.lastShown = time
            return described(done: state.done, time: time)
        }
        if let line { write(isTerminal ? "\r\u{1B}[K\(line)" : line + "\n") }
    }

    /// The work is over; shows the last figure.
    public func finish() {
        guard !isQuiet else { return }
        let line = state.withLock { described(done: $0.done, time: now()) }
        write(isTerminal ? "\r\u{1B}[K\(line)\n" : line + "\n")
    }

    private func described(done: Int, time: ContinuousClock.Instant) -> String {
        let seconds = max((time - started) / .seconds(1), 0.001)
        let rate = Double(done) / seconds
        var parts = [title]
        if let total, total > 0 {
            let share = min(1, Double(done) / Double(total))
            if isTerminal {
                let filled = Int(share * 24)
                parts.append(String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled))
            }
            parts.append("\(Int(share * 100)) %  \(done) of \(total)")
        } else {
            parts.append("\(done)")
        }
        parts.append("\(Int(rate))/s")
        if let total, done < total, rate > 0 {
            parts.append("\(Readable.seconds(Double(total - done) / rate)) left")
        }
        return parts.joined(separator: "  ")
    }
}
