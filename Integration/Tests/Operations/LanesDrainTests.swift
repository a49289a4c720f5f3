import LibPQ
import Outbox
import Servers
import Testing

@Suite("outbox lanes drain", .requiresBroker, .serialized)
struct LanesDrainTests {
    /// With which no lease runs out on a busy machine: lanes move because they are handed over.
    private static let longLease: [String: String?] = ["OUTBOX_DISPATCH_LEASE": "30s"]

    @Test("lanes of a dispatcher go to the other one and come back, while events go on and keep their order")
    func twoDispatchers() async throws {
        let fixture = try await DispatcherFixture.make()
        let fleet = DispatcherFleet(fixture, settings: Self.longLease)
        func ran(_ command: String) async throws -> Chain.Ran {
            try await LanesFixture.ran(command, url: fixture.database.url(as: .operator))
        }
        let duplicates = try await fleet.whileWriting {
            try fleet.start("a")
            try fleet.start("b")
            try await fleet.waitUntilShared("a", "b")
            let drain = try await ran("lanes drain a --wait --as ada --reason disk")
            #expect(drain.status == .exited(0), "\(drain.errors)")
            #expect(drain.output.contains("\na owns no lane\n"))
            #expect(try await fleet.shares() == ["b": 64])
            let shares = try await Lanes(pool: fixture.database.pool).shares()
            #expect(shares.dispatchers.map(\.state) == [.drained, .live])
            let client = try await fleet.process("a").waitUntilReady()
            #expect(try await client.get("/readyz").text.contains("drained by an operator"))

            let left = try await ran("lanes rebalance")
            #expect(left.output.contains("a is left out: drained"))
            #expect(left.output.contains("The shares are even"))
            let even = try await ran("lanes rebalance --undo-drains --wait --as bob --reason mended")
            #expect(even.status == .exited(0), "\(even.errors)")
            #expect(even.output.contains("\na takes its share of the lanes again\n"))
            #expect(try await fleet.shares() == ["a": 32, "b": 32])
        }
        #expect(duplicates == 0)
        #expect(
            try await LanesFixture.audit(fixture.database)
                == ["lanes.drain a by ada: disk", "lanes.undrain a by bob: mended"])
        await fixture.database.pool.close()
    }

    @Test("of the only dispatcher nobody takes the lanes: that is said, and events wait until it is undone")
    func onlyDispatcher() async throws {
        let fixture = try await DispatcherFixture.make()
        let fleet = DispatcherFleet(fixture, settings: Self.longLease)
        let dispatcher = try fleet.start("a")
        try await fleet.waitUntilShared("a")
        let drain = try await LanesFixture.ran("lanes drain a --as ada", url: fixture.database.url(as: .operator))
        #expect(drain.status == .exited(0))
        #expect(
            drain.errors == """
                warning: no dispatcher is there to take lanes, and events wait: start one, or let a take its share again: \
                outbox lanes drain a --undo

                """)
        try await eventually(within: .seconds(30), "a has let its lanes go") { try await fleet.shares() == ["": 64] }
        let wait = try await LanesFixture.ran(
            "lanes drain a --wait --within 1s --as ada", url: fixture.database.url(as: .operator))
        #expect(wait.status == .exited(1))
        #expect(wait.errors.contains("error: after 1s, nobody has taken 64 lanes: 0-63; no disp"), "\(wait.errors)")
        try await fixture.database.save([try TestDatabase.event()])
        let status = try await LanesFixture.ran("status", url: fixture.database.url(as: .operator))
        #expect(status.output.contains("warning: 64 lanes are owned by nobody: 0-63; no dispatcher"))
        #expect(try await fixture.database.count("published") == 0)
        let undo = try await LanesFixture.ran(
            "lanes drain a --undo --wait --as ada", url: fixture.database.url(as: .operator))
        #expect(undo.status == .exited(0), "\(undo.errors)")
        try await fixture.waitUntilPublished(1)
        #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        await fixture.database.pool.close()
    }
}
