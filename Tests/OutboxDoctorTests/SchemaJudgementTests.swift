import Testing

@testable import OutboxDoctor

@Suite("Doctor: schema and rights")
struct SchemaJudgementTests {
    private func facts(_ change: (inout SchemaFacts) -> Void = { _ in }) -> [Finding] {
        var facts = SchemaFacts()
        facts.known = [1, 2, 3]
        facts.applied = [1, 2, 3]
        facts.isLaneIndexValid = true
        change(&facts)
        return facts.findings(lanes: 64, role: "me")
    }

    @Test("the schema as it should be")
    func fine() {
        #expect(facts().map(\.id) == [.schema, .index])
    }

    @Test("no table, an older schema, a newer one")
    func versions() {
        let none = facts {
            $0.missing = SchemaFacts.tables
            $0.applied = nil
        }
        #expect(none.map(\.id) == [.tableMissing])
        #expect(none[0].commands == ["outbox migrate"])
        let old = facts {
            $0.applied = [1]
            $0.missing = ["outbox_dispatchers"]
        }
        #expect(old[0].id == .oldSchema && old[0].severity == .error && old[0].seen.contains("missing: 2, 3"))
        #expect(facts { $0.applied = [1, 2, 3, 4] }[0].id == .newerSchema)
        #expect(facts { $0.applied = nil }.map(\.id) == [.notAllowedToLook, .index])
        // As other services have used it for years.
        let plain = facts {
            $0.applied = []
            $0.missing = Array(SchemaFacts.tables.dropFirst())
        }
        #expect(plain.map(\.id) == [.tableMissing])
    }

    @Test("a table out of sight: the search path, or a right")
    func elsewhere() {
        func finding(isUsable: Bool) -> Finding? {
            facts {
                $0.missing = SchemaFacts.tables
                $0.elsewhere = ("Shop", isUsable)
            }.first
        }
        #expect(finding(isUsable: true)?.id == .tableMissing)
        #expect(finding(isUsable: true)?.commands.first?.contains("search_path = \"Shop\"") == true)
        #expect(finding(isUsable: false)?.id == .roleWithoutRights)
        #expect(finding(isUsable: false)?.commands.first?.contains("GRANT USAGE ON SCHEMA \"Shop\" TO me") == true)
    }

    @Test("no index for the lanes, one that is not valid, and one for other lanes")
    func index() {
        #expect(facts { $0.isLaneIndexValid = false }.last?.id == .laneIndexMissing)
        let other = facts {
            $0.isLaneIndexValid = nil
            $0.otherLanes = [16]
        }.last
        #expect(other?.id == .laneIndexMissing && other?.seen.contains("16") == true)
    }

    @Test("a plan that goes by the lanes' index, and one that does not")
    func plan() {
        var schema = SchemaFacts()
        let good = PlanFacts(lines: ["  ->  Index Scan using outbox_events_lane_64_idx on outbox_events p"])
        let bad = PlanFacts(lines: ["  ->  Seq Scan on outbox_events p"])
        #expect(good.finding(schema: schema, lanes: 64).severity == .ok)
        #expect(good.finding(schema: schema, lanes: 8).id == .laneIndexUnused)
        #expect(bad.finding(schema: schema, lanes: 64).id == .laneIndexUnused)
        schema.isPartitioned = true
        #expect(
            PlanFacts(lines: [" Index Scan using a on outbox_events_p0 p_1"]).finding(schema: schema, lanes: 64).id
                == .index)
    }

    @Test("rights that lack are granted object by object, and too many are named")
    func rights() {
        var facts = RightsFacts(role: "Dispatch")
        #expect(facts.findings(purpose: .dispatcher).map(\.id) == [.rights])
        facts.missing = [
            .init(kind: .table, name: "outbox_events", privilege: "UPDATE"),
            .init(kind: .table, name: "outbox_events", privilege: "DELETE"),
            .init(kind: .function, name: "f(interval)", privilege: "EXECUTE"),
            .init(kind: .table, name: "outbox_dispatchers", privilege: "UPDATE", column: "drained_at"),
        ]
        facts.ownsTable = true
        let findings = facts.findings(purpose: .dispatcher)
        #expect(findings.map(\.id) == [.roleWithoutRights, .roleWithTooManyRights])
        let command = findings[0].commands[0]
        #expect(command.contains("GRANT UPDATE, DELETE ON outbox_events TO \"Dispatch\""))
        #expect(command.contains("GRANT EXECUTE ON FUNCTION f(interval) TO"))
        #expect(command.contains("GRANT UPDATE (drained_at) ON outbox_dispatchers TO"))
        facts = RightsFacts(role: "root", isSuperuser: true, ownsTable: true)
        #expect(facts.findings(purpose: .writer).last?.seen.contains("superuser") == true)
    }
}
