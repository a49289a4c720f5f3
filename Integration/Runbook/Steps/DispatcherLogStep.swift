import Servers

/// O5: the dispatcher's log tells of every batch.
struct DispatcherLogStep: Step {
    let name = "O5"
    let title = "The dispatcher's log has every batch"

    func take(_ result: inout StepResult, in run: Run) async throws {
        guard let system = run.system else { return }
        guard let log = system.dispatcherLog else {
            return result.omit("DISPATCHER_LOG is not set")
        }
        let written = Int(try await OutboxRow.types(system.outbox, behind: run.lastSequence).values.reduce(0, +))
        var batches: [String] = []
        var events = 0
        do {
            try await eventually(within: run.wait, "the log tells of \(written) events") {
                batches = log.lines(from: run.logOffset).map(\.text).filter { $0.contains("batch settled") }
                events = batches.reduce(0) { $0 + Self.events(in: $1) }
                return events >= written
            }
        } catch let error as ServerError where error.code == .timedOut {
            // What differs is said below.
        }
        result.check(
            "\(batches.count) batches with \(events) events; in the outbox there are \(written)",
            events == written && written > 0)
        try result.keep("O5-dispatcher-log.txt", batches.joined(separator: "\n"), in: run)
    }

    /// The number in a line such as `… msg="batch settled" lane=7 events=2`, or in its form as JSON.
    private static func events(in line: String) -> Int {
        line.firstMatch(of: /events"?[=:]"?([0-9]+)/).flatMap { Int($0.output.1) } ?? 0
    }
}
