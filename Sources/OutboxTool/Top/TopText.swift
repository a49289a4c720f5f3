import FoundationEssentials
import Outbox
import OutboxCommandLine

/// A sample as text.
struct TopText {
    let sample: TopSample
    let rates: TopRates

    /// One line, for logs and scripts.
    func line(at date: Date) -> String {
        var parts = [
            String(RFC3339.format(date).prefix(19)) + "Z", "pending=\(sample.pending)",
            "oldest=\(Int(sample.oldestSeconds.rounded()))s",
            "in=\(rate(rates.written))",
            "out=\(rate(rates.settled))", "held=\(sample.held)", "parked=\(sample.parked)",
            "lanes=\(sample.ownedLanes)/\(sample.shares.count)", "dispatchers=\(sample.shares.takers.count)",
        ]
        if sample.metrics != nil {
            parts += ["p50=\(milliseconds(rates.median))", "p99=\(milliseconds(rates.nearlyAll))"]
        }
        parts += groups.map { "lag[\($0.name)]=\($0.lag)" }
        parts += sample.troubles.map { "trouble=\($0.debugDescription)" }
        return parts.joined(separator: " ")
    }

    /// A screen, as many lines as there is room for.
    func screen(width: Int, height: Int, at date: Date, hint: String) -> [String] {
        var lines = ["outbox top  \(String(RFC3339.format(date).prefix(19)))Z   \(hint)", ""]
        lines += [totals, ""]
        lines += sample.troubles.map { "error: \($0)" }
        lines += tables
        return lines.prefix(max(1, height - 1)).map { Self.cut($0, to: width) }
    }

    private var totals: String {
        var parts = [
            "pending \(sample.pending)", "oldest \(Readable.seconds(sample.oldestSeconds))",
            "in \(rate(rates.written))/s", "out \(rate(rates.settled))/s", "held \(sample.held)",
            "parked \(sample.parked)",
        ]
        if sample.metrics != nil {
            parts.append(
                "commit to Kafka \(milliseconds(rates.median)), 99 of 100 within \(milliseconds(rates.nearlyAll))")
        }
        return parts.joined(separator: "   ")
    }

    private var tables: [String] {
        var parts: [String] = []
        if !sample.types.isEmpty {
            var table = TextTable([
                .init("aggregate type"), .init("pending", .right), .init("scheduled", .right),
                .init("held aggregates", .right), .init("parked", .right), .init("oldest", .right),
            ])
            for type in sample.types.sorted(by: { $0.pending > $1.pending }) {
                table.add([
                    type.aggregateType, "\(type.pending)", "\(type.scheduled)", "\(type.heldAggregates)",
                    "\(type.parked)", Readable.seconds(type.oldestAgeSeconds),
                ])
            }
            parts.append(table.text)
        }
        parts.append(LaneTexts.shares(sample.shares))
        if !groups.isEmpty {
            var table = TextTable([.init("group"), .init("behind", .right)])
            for group in groups { table.add([group.name, "\(group.lag)"]) }
            parts.append(table.text)
        }
        return parts.joined(separator: "\n\n").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private var groups: [(name: String, lag: Int64)] {
        Dictionary(grouping: sample.lag, by: \.group).map { ($0, $1.reduce(0) { $0 + $1.events }) }
            .sorted { $0.name < $1.name }
    }

    private func rate(_ rate: Double?) -> String { rate.map { "\(Int($0.rounded()))" } ?? "-" }

    private func milliseconds(_ seconds: Double?) -> String {
        seconds.map { "\(max(1, Int(($0 * 1000).rounded())))ms" } ?? "-"
    }

    private static func cut(_ line: String, to width: Int) -> String {
        let printable = String(
            line.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "·" : $0 })
        return TextTable.width(printable) <= width ? printable : String(printable.prefix(max(0, width - 1))) + "…"
    }
}
