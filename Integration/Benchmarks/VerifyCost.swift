import Foundation
import Servers

/// What `outbox verify` takes for an outbox and its topics.
struct VerifyCost {
    let events: Int
    let environment: [String: String?]

    /// - Throws: `ServerError` when it finds anything wrong, which a measurement must not have.
    func run() async throws -> [Measurement] {
        let start = ContinuousClock.now
        let verify = try BuiltTool.outbox.start(["verify"], environment: environment)
        var peak = 0.0
        while verify.isRunning {
            // It may end between the question and the answer.
            if let usage = try? ProcessUsage(processID: verify.processID) { peak = max(peak, usage.peakMebibytes) }
            try await Task.sleep(for: .milliseconds(20))
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try await verify.waitForSuccess(within: .seconds(1))
        return [
            Measurement("verify", seconds, "s"),
            Measurement("verify", Double(events) / seconds, "events/s"),
            Measurement("verify: resident memory, peak", peak, "MiB"),
        ]
    }
}
