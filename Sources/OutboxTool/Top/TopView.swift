import FoundationEssentials
import OutboxCommandLine
import Synchronization

/// Where `outbox top` shows what it sees: in place on a terminal, else a line each time.
final class TopView: Sendable {
    private let terminal = Mutex<TopTerminal?>(nil)

    /// Takes the terminal, if there is one.
    ///
    /// - Parameter quit: is called when the user wants no more.
    func start(quit: @escaping @Sendable () -> Void) {
        guard Console.standardOutput.isTerminal else { return }
        let taken = TopTerminal(quit: quit)
        terminal.withLock { $0 = taken }
    }

    func close() { terminal.withLock { $0 }?.close() }

    /// Looks until its task is cancelled; what can't be read now may be the next time.
    func run(_ reader: TopReader, every pause: Duration) async {
        var earlier: TopSample?
        while !Task.isCancelled {
            do {
                let sample = try await reader.read()
                show(TopText(sample: sample, rates: TopRates(from: earlier, to: sample)))
                earlier = sample
            } catch {
                if Task.isCancelled { return }
                show(error)
            }
            try? await Task.sleep(for: pause)
        }
    }

    private func show(_ text: TopText) {
        guard let terminal = terminal.withLock({ $0 }) else {
            return Console.standardOutput.writeLine(text.line(at: .now))
        }
        let (width, height) = terminal.size
        terminal.show(text.screen(width: width, height: height, at: .now, hint: "q ends"))
    }

    private func show(_ error: any Error) {
        guard let terminal = terminal.withLock({ $0 }) else {
            return Console.standardError.writeLine("error: \(error)")
        }
        terminal.show(["outbox top   q ends", "", "error: \(error)"])
    }
}
