import Foundation
import OutboxCommandLine

/// A plan for people.
struct PlanText {
    let plan: FaultPlan
    let settings: RunSettings

    var text: String {
        var table = TextTable([
            .init("", .right), .init("at", .right), .init("fault"), .init("lasts", .right),
        ])
        for fault in plan.faults {
            table.add([
                "\(fault.number)", String(format: "%.1f s", fault.at), fault.kind.rawValue,
                fault.lasts > 0 ? String(format: "%.1f s", fault.lasts) : "",
            ])
        }
        return """
            Seed \(plan.seed): \(plan.faults.count) faults in \(Int(settings.seconds)) s; \(settings.brokers) broker(s), \
            \(settings.dispatchers) dispatcher(s), \(settings.consumers) consumer(s), \(settings.writers) writers, \
            lease \(Int(settings.lease)) s

            \(table.text)

            """
    }
}
