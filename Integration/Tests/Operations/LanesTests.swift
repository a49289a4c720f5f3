import FoundationEssentials
import LibPQ
import Servers
import Testing

@testable import Outbox
@testable import OutboxTool

@Suite("outbox lanes")
struct LanesTests {
    @Test("lists lanes and shares, flags lanes without an owner and whose they were; outbox status does as well")
    func list() async throws {
        let world = try await LanesFixture.make()
        let none = try await world.ran("status")
        #expect(none.output.contains("warning: 8 lanes are owned by nobody: 0-7; no dispatcher is there to take lanes"))

        try await world.addDispatcher("a", lanes: "IN (0, 1, 2)")
        try await world.addDispatcher("dead", lanes: "IN (3, 5)", leaseEnds: -270_000)
        try await world.database.save([try TestDatabase.event(), try TestDatabase.event()])
        let listed = try await world.ran("lanes list --json").json
        let lanes = listed["lanes"]?.elements ?? []
        #expect(lanes.map { $0["lane"] } == (0..<8).map { .integer($0) })
        #expect(lanes.map { $0["owner"]?.stringValue } == ["a", "a", "a", "dead", nil, "dead", nil, nil])
        #expect(lanes.filter { $0["isExpired"] == true }.map { $0["lane"] } == [3, 5])
        #expect(lanes.map { $0["epoch"] } == [1, 1, 1, 1, 0, 1, 0, 0])
        #expect(lanes.compactMap { $0["pending"] }.filter { $0 != 0 } == [2])
        let shares = try #require(listed["shares"])
        #expect(shares["count"] == 8)
        #expect(shares["unowned"] == [3, 4, 5, 6, 7])
        let dispatchers = shares["dispatchers"]?.elements ?? []
        #expect(dispatchers.map { $0["instance"] } == ["a", "dead"])
        #expect(dispatchers.map { $0["state"] } == ["live", "gone"])
        #expect(dispatchers.map { $0["lanes"] } == [[0, 1, 2], []])
        #expect(dispatchers.map { $0["expiredLanes"] } == [[], [3, 5]])

        let warning = "warning: 5 lanes are owned by nobody: 3-7 (2 lanes of dead, whose lease ran out 3 d 3 h ago)"
        for command in ["lanes list", "status"] {
            let text = try await world.ran(command).output
            #expect(text.contains(warning), "\(text)")
            #expect(text.contains("to be taken by a (3 of 8)"), "\(text)")
            #expect(text.contains(/\ndead +0 +1 +3 d 3 h ago +gone: its lease has run out/), "\(text)")
        }
        let owned = try await world.ran("lanes list --owner a --json").json
        #expect(owned["lanes"]?.elements.count == 3)
        let status = try await world.ran("status --json").json
        #expect(status["outbox"]?["lanes"]?["unowned"] == shares["unowned"])
        #expect(status["outbox"]?["lanes"]?["dispatchers"]?.elements.map { $0["state"] } == ["live", "gone"])
        await world.database.pool.close()
    }

    @Test("a drain that takes too long fails, names the lanes left, and says who is to take them")
    func timeOut() async throws {
        let world = try await LanesFixture.make()
        try await world.addDispatcher("a", lanes: "< 4")
        try await world.addDispatcher("b", lanes: ">= 4")
        let drain = try await world.ran("lanes drain a --wait --within 1s --as ada --reason disk")
        #expect(drain.status == .exited(1))
        #expect(drain.output.hasPrefix("a hands its lanes over: 4 lanes left\n"))
        #expect(drain.errors.contains("error: after 1s, a still owns 4 lanes: 0-3"), "\(drain.errors)")
        #expect(drain.errors.contains("to be taken by b (4 of 8)"), "\(drain.errors)")

        // Let go of, but not taken.
        try await world.database.run("UPDATE outbox_lanes SET owner = NULL, lease_until = NULL WHERE lane = 3")
        try await world.database.run("UPDATE outbox_lanes SET owner = 'b' WHERE lane < 3")
        let even = try await world.ran("lanes rebalance --wait --within 1s")
        #expect(even.status == .exited(1))
        #expect(even.output.contains("a is left out: drained; --undo-drains ends that"))
        #expect(even.errors.contains("the shares are not even; to be taken by b (7 of 8)"), "\(even.errors)")
        let untaken = try await world.ran("lanes drain a --as bob --wait --within 1s")
        #expect(untaken.status == .exited(1))
        #expect(untaken.errors.contains("nobody has taken 1 lane: 3; to be taken by b (7 of 8)"), "\(untaken.errors)")
        try await world.addDispatcher("c", lanes: "= 3")
        let again = try await world.ran("lanes drain a --as bob --wait")
        #expect(again.output.hasPrefix("a was drained already: 0 lanes left\na owns no lane\n"))
        #expect(again.status == .exited(0))

        let undo = try await world.ran("lanes drain a --undo --wait --within 1s --as ada")
        #expect(undo.status == .exited(1))
        #expect(undo.output.hasPrefix("a takes its share of the lanes again\n"))
        #expect(undo.errors.contains("lanes that should move: 4 of b; to be taken by a (0 of 8), "), "\(undo.errors)")
        #expect(try await world.ran("lanes drain a --undo --as ada").output == "a was not drained\n")
        #expect(
            try await LanesFixture.audit(world.database) == ["lanes.drain a by ada: disk", "lanes.undrain a by ada: "])
        await world.database.pool.close()
    }

    @Test("a dispatcher that is not there is an error that names those that are; options that can't go are refused")
    func mistakes() async throws {
        let world = try await LanesFixture.make()
        let none = try await world.ran("lanes drain a --as ada")
        #expect(none.status == .exited(1))
        #expect(none.errors == "error: no dispatcher a lives; none does\n")
        #expect(try await world.ran("lanes rebalance").status == .exited(1))
        try await world.addDispatcher("b")
        try await world.addDispatcher("c")
        try await world.addDispatcher("dead", lanes: "< 4", leaseEnds: -1)
        for command in ["lanes drain dead --as ada", "lanes drain dead --undo --as ada"] {
            let gone = try await world.ran(command)
            #expect(gone.status == .exited(1))
            #expect(gone.errors == "error: no dispatcher dead lives; these do: b, c\n")
        }
        for command in [
            "lanes drain --as ada", "lanes drain b --within 5s --as ada", "lanes drain b --wait --within 5 --as ada",
        ] {
            #expect(try await world.ran(command).status == .exited(2), "\(command)")
        }
        #expect(try await LanesFixture.audit(world.database) == [])
        await world.database.pool.close()
    }

    @Test("roles that had rights on the lanes and the audit have those on the dispatchers, and no more")
    func rights() async throws {
        let world = try await LanesFixture.make()
        let role = "lanes_\(UInt32.random(in: 0 ... .max))"
        let (reader, worker, operators) = ("\(role)_reader", "\(role)_worker", "\(role)_operator")
        try await world.database.pool.withConnection { connection in
            _ = try await OutboxMigrations.migrator.revert(on: connection, to: 9)
            try await connection.run(
                script: """
                    CREATE ROLE \(reader) LOGIN; CREATE ROLE \(worker) LOGIN; CREATE ROLE \(operators) LOGIN;
                    GRANT SELECT ON outbox_events, outbox_lanes TO \(reader), \(operators);
                    GRANT SELECT, UPDATE ON outbox_lanes TO \(worker);
                    GRANT INSERT ON outbox_audit TO \(operators);
                    GRANT USAGE ON SEQUENCE outbox_audit_id_seq TO \(operators)
                    """)
            _ = try await OutboxMigrations.apply(on: connection)
        }
        try await world.addDispatcher("a", lanes: "< 8")
        let seen = try await world.ran("status", url: world.database.url(as: reader))
        #expect(seen.status == .exited(0), "\(seen.errors)")
        let refused = try await world.ran("lanes drain a --as ada", url: world.database.url(as: reader))
        #expect(refused.status == .exited(1))
        #expect(refused.errors.contains("permission denied"), "\(refused.errors)")
        for command in [
            "lanes list", "lanes drain a --as ada", "lanes rebalance --undo-drains --as ada", "status",
        ] {
            let ran = try await world.ran(command, url: world.database.url(as: operators))
            #expect(ran.status == .exited(0), "\(command): \(ran.errors)")
        }
        let rights = try await world.database.pool.withConnection { connection in
            try await connection.query(
                """
                SELECT string_agg(p, ' ') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
                WHERE has_table_privilege(\(worker), 'outbox_dispatchers', p)
                UNION ALL
                SELECT string_agg(p, ' ') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
                WHERE has_table_privilege(\(operators), 'outbox_dispatchers', p)
                UNION ALL
                SELECT string_agg(attname, ' ') FROM pg_attribute
                WHERE attrelid = 'outbox_dispatchers'::regclass AND attnum > 0
                    AND has_column_privilege(\(operators), attrelid, attnum, 'UPDATE')
                """)
        }
        #expect(
            try rights.rows.map { try $0.decode(0, as: String.self) }
                == ["SELECT INSERT UPDATE DELETE", "SELECT", "drained_at"])
        // The step's way back takes them away again, those on one column too.
        let left = try await world.database.pool.withConnection { connection in
            _ = try await OutboxMigrations.migrator.revert(on: connection, to: 9)
            return try await connection.query(
                "SELECT has_any_column_privilege(\(operators), 'outbox_dispatchers', 'SELECT, UPDATE')")
        }
        #expect(try left[0].decode(0, as: Bool.self) == false)
        try await world.database.run("DROP OWNED BY \(reader), \(worker), \(operators)")
        try await world.database.run("DROP ROLE \(reader), \(worker), \(operators)")
        await world.database.pool.close()
    }

    @Test(
        "numbers that follow one another are shown as a span",
        arguments: [([], ""), ([3], "3"), ([0, 1, 2, 7, 9, 10], "0-2, 7, 9-10")])
    func numbers(lanes: [Int], text: String) {
        #expect(LaneTexts.numbers(lanes) == text)
    }
}
