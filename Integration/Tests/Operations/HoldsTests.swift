import Outbox
import Servers
import Testing

@Suite("outbox holds", .requiresBroker, .serialized)
struct HoldsTests {
    @Test("aggregates on hold are listed with what waits, and released one, by type, or all")
    func holds() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher(Chain.longHolds)
            try await chain.insert(["P1", "P2"], events: 3, poison: 1)
            try await chain.insert(["A1"], type: "assignment", events: 1, poison: 1)
            try await eventually(within: .seconds(60), "three aggregates are on hold") {
                try await chain.outbox.count("retry_count = 1") == 3
            }

            let listed = try await chain.json("holds", "list").elements
            #expect(listed.compactMap { $0["aggregateID"]?.stringValue } == ["P1", "P2", "A1"])
            #expect(listed.compactMap { $0["waiting"] } == [2, 2, 0])
            #expect(listed.allSatisfy { $0["attempts"] == 1 && $0["until"] != nil && $0["since"] != nil })
            #expect(listed.allSatisfy { $0["reason"]?.stringValue?.contains("not a JSON object") == true })
            let byType = try await chain.json("holds", "list", "--type", "assignment").elements
            #expect(byType.compactMap { $0["aggregateID"] } == ["A1"])
            let table = try await chain.run(.outbox, ["holds", "list", "--limit", "1"])
            #expect(table.contains("position:P1") && !table.contains("position:P2"))
            guard case .integer(let sequence)? = listed[0]["sequence"] else {
                throw ServerError(.system, "no sequence")
            }
            #expect(table.contains("--after \(sequence)"))
            let rest = try await chain.json("holds", "list", "--after", "\(sequence)").elements
            #expect(rest.compactMap { $0["aggregateID"] } == ["P2", "A1"])

            try await chain.mend("aggregate_id = 'P1'")
            try await chain.run(
                .outbox, ["holds", "release", "--aggregate", "position:P1", "--as", "me", "--reason", "mended"])
            try await chain.waitUntilPublished(3)
            #expect(try await chain.numbers(of: "P1") == [1, 2, 3])
            #expect(try await chain.outbox.count("aggregate_id = 'P1' AND retry_count = 1") == 1)

            // What is not mended fails again, and counts from the beginning where that was asked for.
            try await chain.run(.outbox, ["holds", "release", "--all", "--as", "me"])
            try await eventually(within: .seconds(60), "both have failed again") {
                try await chain.outbox.count("retry_count = 2") == 2
            }
            try await chain.run(.outbox, ["holds", "release", "--type", "position", "--reset-retries", "--as", "me"])
            try await eventually(within: .seconds(60), "one has failed for the first time once more") {
                try await chain.outbox.count("aggregate_id = 'P2' AND retry_count = 1 AND available_at > now()") == 1
            }
            #expect(try await chain.numbers(of: "P2") == [])
            try await expectAudit(chain)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    private func expectAudit(_ chain: Chain) async throws {
        let entries = try await chain.audit("holds").reversed()
        #expect(entries.map(\.action).allSatisfy { $0 == "holds.release" })
        #expect(entries.map(\.aggregateID).prefix(1) == ["P1"])
        #expect(Set(entries.map(\.aggregateID).dropFirst().prefix(2)) == ["P2", "A1"])
        #expect(entries.map(\.aggregateID).suffix(1) == ["P2"])
        #expect(entries.map(\.reason) == ["mended", nil, nil, nil])
        #expect(entries.map(\.actor).allSatisfy { $0 == "me" })
        #expect(entries.compactMap { $0.details?["retryCount"] } == [1, 1, 1, 2])
        #expect(entries.compactMap { $0.details?["resetRetries"] } == [false, false, false, true])
    }

    @Test("a parked event's aggregate is on hold without end, and releasing leaves it to `parked`")
    func parked() async throws {
        try await Chain.with { chain in
            try await chain.insert(["P1"], events: 2)
            try await chain.outbox.run(
                """
                UPDATE outbox_events SET retry_count = 3, parked_at = now(), available_at = now() - interval '1 min',
                    last_error = 'told so'
                WHERE payload = '{"n": 1}'
                """)
            let listed = try await chain.json("holds", "list").elements
            #expect(listed.count == 1)
            #expect(listed.first?["until"] == nil)
            #expect(try await chain.run(.outbox, ["holds", "list"]).contains("parked"))
            let none = try await chain.ran("holds release --all --as me")
            #expect(none.status == .exited(1))
            #expect(none.errors.contains("no event that waits for a retry matches"))
            #expect(try await chain.ran("holds release --as me").status == .exited(2))
            let twice = try await chain.ran("holds release --all --type position --as me")
            #expect(twice.status == .exited(2))
            #expect(try await chain.audit() == [])
        }
    }
}
