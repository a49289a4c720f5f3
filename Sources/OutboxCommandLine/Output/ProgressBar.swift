import Synchronization

/// Shows the progress of work that itself says how much of it is done, and how much there is to do.
package final class ProgressBar: Sendable {
    private struct State {
        var progress: Progress?
        var done = 0
    }

    private let title: String
    private let isQuiet: Bool
    private let state = Mutex(State())

    /// - Parameter isQuiet: shows nothing.
    package init(_ title: String, isQuiet: Bool) {
        self.title = title
        self.isQuiet = isQuiet
    }

    /// - Parameters:
    ///   - done: how much is done in all.
    ///   - total: how much there is to do, when it is known; the first that is given counts.
    package func show(done: Int, of total: Int?) {
        state.withLock { state in
            let progress = state.progress ?? Progress(title, total: total, isQuiet: isQuiet)
            state.progress = progress
            progress.advance(by: done - state.done)
            state.done = done
        }
    }

    /// The work is over; shows the last figure, if there was any.
    package func finish() { state.withLock { $0.progress }?.finish() }
}
