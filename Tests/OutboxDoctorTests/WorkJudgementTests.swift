import FoundationEssentials
import LibRDKafka
import Outbox
import Testing

@testable import OutboxDoctor

@Suite("Doctor: dispatchers, events and consumers")
struct WorkJudgementTests {
    /// Lanes 0 to 3; each dispatcher with its state and its lanes.
    private func shares(_ dispatchers: [(name: String, state: String, lanes: [Int])]) throws -> LaneShares {
        let owned = dispatchers.flatMap(\.lanes)
        let list = dispatchers.map {
            "{\"instance\": \"\($0.name)\", \"state\": \"\($0.state)\", \"lanes\": \($0.lanes), \"expiredLanes\": []}"
        }
        let text = """
            {"count": 4, "unowned": \((0..<4).filter { !owned.contains($0) }), "dispatchers": [\(list.joined(separator: ","))]}
            """
        return try JSONDecoder().decode(LaneShares.self, from: Data(text.utf8))
    }

    private func waiting(_ seconds: Double, _ reason: String? = nil) -> EventsFacts {
        var facts = EventsFacts()
        facts.types = [.init(name: "a", pending: 3, oldestSeconds: seconds, waitsFor: reason)]
        return facts
    }

    @Test("all lanes with owners; nobody, with events and without; one drained")
    func dispatchers() throws {
        let fine = DispatchFacts(shares: try shares([("a", "live", [0, 1]), ("b", "live", [2, 3])]))
        #expect(fine.findings(events: waiting(1)).map(\.id) == [.dispatchers])
        let nobody = DispatchFacts(shares: try shares([]))
        #expect(nobody.findings(events: waiting(1)).map(\.severity) == [.error])
        #expect(nobody.findings(events: EventsFacts()).map(\.severity) == [.warning])
        let drained = DispatchFacts(shares: try shares([("a", "drained", [])])).findings(events: nil)
        #expect(drained.map(\.id) == [.nobodyDispatches])
        #expect(drained[0].commands.contains("outbox lanes drain a --undo --as \"$USER\""))
    }

    @Test("lanes without owner, other numbers of lanes, and one that is not listed")
    func disagreements() throws {
        let partly = DispatchFacts(shares: try shares([("a", "live", [0, 1])]))
        #expect(partly.findings(events: nil).map(\.id) == [.lanesWithoutOwner])
        var differing = DispatchFacts(shares: try shares([("a", "live", [0, 1, 2, 3])]))
        differing.lanes = ["a": 4, "b": 8]
        #expect(differing.findings(events: nil).map(\.id) == [.lanesDiffer])
        let old = DispatchFacts(shares: try shares([("a", "live", [0, 1]), ("old", "stopping", [2, 3])]))
        let findings = old.findings(events: nil)
        #expect(findings.map(\.id) == [.oldSchema] && findings[0].seen.contains("old holds 2 lanes"))
    }

    @Test("events that have been due for long although dispatchers live, with what they wait for")
    func wait() throws {
        let facts = DispatchFacts(shares: try shares([("a", "live", [0, 1, 2, 3])]))
        let findings = facts.findings(events: waiting(600, "the topic x does not exist"))
        #expect(findings.map(\.id) == [.eventsWait] && findings[0].seen.contains("the topic x does not exist"))
    }

    @Test("poisoned events: parked ones are errors, those to be tried again warnings")
    func poisoned() {
        let event = EventsFacts.Failed(eventID: UUID(), aggregate: "a:1", attempts: 10, reason: "not an object")
        var facts = EventsFacts()
        #expect(facts.findings().map(\.id) == [.events])
        facts.parked = 2
        facts.firstParked = event
        facts.held = 1
        facts.firstHeld = event
        let findings = facts.findings()
        #expect(findings.map(\.id) == [.poisonedEvent, .poisonedEvent])
        #expect(findings.map(\.severity) == [.error, .warning])
        #expect(findings[0].commands[1].hasPrefix("outbox parked retry \(event.eventID.uuidString.lowercased())"))
    }

    @Test("consumers that stopped, never were, are far behind, or missed records")
    func consumers() {
        func findings(_ change: (inout ConsumerFacts) -> Void) -> [Finding] {
            var facts = ConsumerFacts(group: "g", state: .stable)
            change(&facts)
            return facts.findings()
        }
        #expect(findings { $0.lag = 5 }.map(\.id) == [.consumers])
        #expect(findings { $0.state = .empty }.map(\.severity) == [.warning])
        let stopped = findings {
            $0.state = .empty
            $0.lag = 5
        }
        #expect(stopped.map(\.id) == [.consumerStopped] && stopped[0].severity == .error)
        #expect(findings { $0.state = nil }.map(\.id) == [.consumerStopped])
        #expect(findings { $0.lag = 20_000 }.map(\.severity) == [.warning])
        #expect(findings { $0.lost = 1 }.map(\.id) == [.consumerBehind])
        #expect(findings { $0.isNearRetention = true }.map(\.severity) == [.error])
    }

    @Test("dead letters wait for an operator")
    func deadLetters() {
        #expect(ReadModelFacts().findings().map(\.id) == [.tableMissing])
        #expect(ReadModelFacts(hasInbox: true).findings().map(\.id) == [.readModel])
        #expect(ReadModelFacts(hasInbox: true, dead: 1, firstDead: "a:1: no").findings().map(\.severity) == [.error])
        #expect(ReadModelFacts(hasInbox: true, held: 1).findings().map(\.severity) == [.warning])
    }

    @Test("a report is read group by group, counts what is wrong, and knows when a server is not there")
    func report() {
        let report = DoctorReport([
            Finding(.topicMissing, .topics, .error, "t"), Finding(.database, .database, .ok, "d"),
            Finding(.clockDiffers, .database, .warning, "c"),
        ])
        #expect(report.findings.map(\.group) == [.database, .database, .topics])
        #expect(report.errors == 1 && report.warnings == 1 && report.worst == .error && !report.lacksServer)
        #expect(DoctorReport([Finding(.brokerDown, .broker, .error, "b")]).lacksServer)
    }

    @Test("ids are the anchors of the documentation: lower case, words apart by a dash, each once")
    func ids() {
        let ids = FindingID.allCases.map(\.rawValue)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") } })
        for id in [
            "table-missing", "role-without-rights", "broker-down", "wrong-port", "topic-missing", "topic-too-small",
            "poisoned-event", "old-schema", "consumer-stopped", "disk-full",
        ] { #expect(ids.contains(id)) }
    }
}
