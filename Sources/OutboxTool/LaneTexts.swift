import FoundationEssentials
import Outbox
import OutboxCommandLine

/// How lanes and who owns them are shown to people.
enum LaneTexts {
    /// The dispatchers and their shares, and below them what is wrong, if anything.
    static func shares(_ shares: LaneShares) -> String {
        var table = TextTable([
            .init("dispatcher"), .init("lanes", .right), .init("epochs"), .init("lease ends", .right), .init("state"),
            .init("started", .right),
        ])
        for dispatcher in shares.dispatchers {
            table.add([
                dispatcher.instance, "\(dispatcher.lanes.count)", epochs(of: dispatcher),
                dispatcher.leaseSeconds.map(lease) ?? "", state(of: dispatcher),
                dispatcher.startedAt.map(Readable.ago) ?? "",
            ])
        }
        if !shares.unowned.isEmpty { table.add(["nobody", "\(shares.unowned.count)"]) }
        return ([table.text] + warnings(of: shares)).joined(separator: "\n")
    }

    /// Lanes without an owner, with who had them and who will.
    static func warnings(of shares: LaneShares) -> [String] {
        guard !shares.unowned.isEmpty else { return [] }
        let former = shares.dispatchers.filter { !$0.expiredLanes.isEmpty }.map { dispatcher in
            let since = dispatcher.leaseSeconds.map { $0 < 0 ? " \(lease($0))" : "" } ?? ""
            return "\(count(dispatcher.expiredLanes)) of \(dispatcher.instance), whose lease ran out\(since)"
        }
        let whose = former.isEmpty ? "" : " (\(former.joined(separator: "; ")))"
        let owned = shares.unowned.count == 1 ? "is" : "are"
        return [
            "warning: \(count(shares.unowned)) \(owned) owned by nobody: \(numbers(shares.unowned))\(whose); "
                + takers(of: shares)
        ]
    }

    /// Who takes lanes that are free, or what to do so that somebody does.
    static func takers(of shares: LaneShares) -> String {
        let takers = shares.takers.map { "\($0.instance) (\($0.lanes.count) of \(shares.count))" }
        if !takers.isEmpty { return "to be taken by \(takers.joined(separator: ", "))" }
        let drained = shares.dispatchers.filter { $0.state == .drained }.map(\.instance)
        let advice = drained.first.map { ", or let \($0) take its share again: outbox lanes drain \($0) --undo" } ?? ""
        return "no dispatcher is there to take lanes, and events wait: start one\(advice)"
    }

    /// `1 lane`, `5 lanes`
    static func count(_ lanes: [Int]) -> String { Readable.count(lanes.count, "lane") }

    /// Numbers in order, those that follow one another as a span: `0-15, 20`.
    static func numbers(_ lanes: [Int]) -> String {
        var spans: [ClosedRange<Int>] = []
        for lane in lanes.sorted() {
            if let last = spans.last, lane <= last.upperBound + 1 {
                spans[spans.count - 1] = last.lowerBound...lane
            } else {
                spans.append(lane...lane)
            }
        }
        return spans.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ", ")
    }

    /// When a lease ends or ended.
    static func lease(_ seconds: Double) -> String {
        let text = Readable.seconds(abs(seconds))
        return seconds < 0 ? "\(text) ago" : "in \(text)"
    }

    private static func state(of dispatcher: LaneShares.Dispatcher) -> String {
        switch dispatcher.state {
        case .live, .stopping: dispatcher.state.rawValue
        case .drained: "drained" + (dispatcher.drainedAt.map { " \(Readable.ago($0))" } ?? "")
        case .gone: "gone: its lease has run out"
        }
    }

    private static func epochs(of dispatcher: LaneShares.Dispatcher) -> String {
        guard let lowest = dispatcher.lowestEpoch, let highest = dispatcher.highestEpoch else { return "" }
        return lowest == highest ? "\(lowest)" : "\(lowest)-\(highest)"
    }
}
