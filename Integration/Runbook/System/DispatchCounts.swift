import OutboxTelemetry
import Servers

/// What the dispatchers have counted, all of them together.
struct DispatchCounts: Equatable {
    private(set) var success = 0.0
    /// `outbox_dispatch_total{result="success"}` by event type.
    private(set) var successByType: [String: Double] = [:]
    /// The metrics as they were served, one text for each dispatcher.
    private(set) var texts: [String] = []

    /// Reads the metrics of all dispatchers.
    static func read(_ dispatchers: [HTTPClient]) async throws -> DispatchCounts {
        var counts = DispatchCounts()
        for dispatcher in dispatchers { counts.add(try await dispatcher.metrics()) }
        return counts
    }

    private mutating func add(_ metrics: PrometheusSamples) {
        texts.append(metrics.text)
        success += metrics["outbox_dispatch_success_total"]
        for (series, value) in metrics.all {
            guard series.hasPrefix("outbox_dispatch_total{"), series.contains(#"result="success""#),
                let type = series.firstMatch(of: /event_type="([^"]*)"/)?.output.1
            else { continue }
            successByType[String(type), default: 0] += value
        }
    }

    /// What was added since then, types that nothing was added to left out.
    func since(_ earlier: DispatchCounts) -> (success: Double, byType: [String: Double]) {
        let grown = successByType.mapValues { $0 }.merging(earlier.successByType) { $0 - $1 }
        return (success - earlier.success, grown.filter { $0.value != 0 })
    }
}
