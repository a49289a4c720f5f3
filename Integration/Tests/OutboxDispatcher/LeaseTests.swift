import FoundationEssentials
import Glibc
import LibPQ
import Outbox
import Servers
import Testing

@testable import OutboxDispatcher

@Suite("Dispatcher: leases", .serialized)
struct LeaseTests {
    @Test("lanes are shared evenly as processes come, stop, are killed and are suspended; all events arrive in order")
    func comingsAndGoings() async throws {
        let fleet = DispatcherFleet(try await DispatcherFixture.make())
        try await fleet.whileWriting {
            try fleet.start("a")
            try await fleet.waitUntilShared("a")
            try fleet.start("b")
            try await fleet.waitUntilShared("a", "b")
            try fleet.start("c")
            try fleet.start("d")
            try await fleet.waitUntilShared("a", "b", "c", "d")
            #expect(try await fleet.process("b").stop(within: .seconds(60)) == .exited(0))
            try await fleet.waitUntilShared("a", "c", "d")
            try fleet.process("c").kill()
            try await fleet.waitUntilShared("a", "d")
            try fleet.process("d").send(SIGSTOP)
            try await fleet.waitUntilShared("a")
            try fleet.process("d").send(SIGCONT)
            try await fleet.waitUntilShared("a", "d")
        }
    }

    @Test("with more dispatchers than lanes, those without one stand by, ready, and take over")
    func moreThanLanes() async throws {
        let fixture = try await DispatcherFixture.make()
        try await fixture.database.pool.withConnection { _ = try await OutboxMigrations.apply(on: $0, lanes: 2) }
        let fleet = DispatcherFleet(fixture, lanes: 2)
        try await fleet.whileWriting {
            try fleet.start("a")
            try fleet.start("b")
            try await fleet.waitUntilShared("a", "b")
            let client = try await fleet.start("c").waitUntilReady()
            #expect(try await client.get("/readyz").text.contains("other dispatchers have them"))
            let epochs = try await epochs(fixture)
            try await fleet.process("a").stop(within: .seconds(60))
            try await fleet.waitUntilShared("b", "c")
            #expect(zip(epochs, try await self.epochs(fixture)).count { $0 != $1 } == 1, "only a's lane has moved")
        }
    }

    @Test("a process suspended for longer than its lease repeats at most what was in flight, and changes no order")
    func suspended() async throws {
        let fixture = try await DispatcherFixture.make()
        let fleet = DispatcherFleet(fixture)
        try await fixture.database.run(Self.backlog)
        let first = try fleet.start("a")
        try await fleet.waitUntilShared("a")
        try fleet.start("b")
        try await fleet.waitUntilShared("a", "b")
        try await fixture.waitUntilPublished(3000)
        first.send(SIGSTOP)
        try await fleet.waitUntilShared("b")
        try await fixture.waitUntilPublished(Self.backlogEvents)
        first.send(SIGCONT)
        try await fleet.waitUntilShared("a", "b")
        for name in ["a", "b"] {
            #expect(try await fleet.process(name).stop(within: .seconds(60)) == .exited(0))
        }
        let committed = Dictionary(uniqueKeysWithValues: (0..<500).map { ("P\($0)", Self.backlogEvents / 500) })
        let duplicates = try await fleet.expectOrder(of: committed)
        // What was in flight, at the most.
        #expect(duplicates <= 14_000)
    }

    private static let backlogEvents = 60_000
    private static let backlog = """
        INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
        SELECT gen_random_uuid(), 'P' || i % 500, 'position', 'position.updated',
            jsonb_build_object('n', 1 + i / 500, 'padding', repeat('x', 200))
        FROM generate_series(0, \(backlogEvents - 1)) AS i ORDER BY i
        """

    @Test("a process started under a name that is in use replaces the one that has it, which stops with an error")
    func sameName() async throws {
        let fleet = DispatcherFleet(try await DispatcherFixture.make())
        try await fleet.whileWriting {
            let older = try fleet.start("a")
            try await fleet.waitUntilShared("a")
            try fleet.start("a")
            let status = try await older.waitForExit(within: .seconds(60))
            #expect(!status.isSuccess)
            #expect(older.errorOutput.text.contains("OUTBOX_INSTANCE"))
            try await fleet.waitUntilShared("a")
        }
    }

    @Test("a lane that is taken again has a new epoch, also by the same owner; under the old one nothing is settled")
    func fence() async throws {
        let fixture = try await DispatcherFixture.make()
        try await fixture.database.save([try TestDatabase.event()])
        let store = OutboxStore(pool: fixture.database.pool, configuration: try fixture.configuration)
        func renew(
            _ taken: [Int] = [], _ released: [Int: Int64] = [:], isFirst: Bool = false
        ) async throws -> [Int: Int64] {
            try await store.renewLeases(
                for: .seconds(30), taking: taken, releasing: released, isFirst: isFirst, isLeaving: false)
        }
        #expect(try await renew([1, 2]) == [1: 1, 2: 1])
        #expect(try await renew() == [1: 1, 2: 1])
        #expect(try await renew([], [1: 7]) == [1: 1, 2: 1], "released under another epoch than it has")
        #expect(try await renew([], [1: 1]) == [2: 1])
        #expect(try await renew([1]) == [1: 2, 2: 1])
        #expect(try await store.settle([1], lanes: [1], epochs: [1]) == false)
        #expect(try await fixture.database.count("published") == 0)
        let failure = EventFailure(
            sequence: 1, eventID: "", eventType: "", aggregateType: "", aggregateID: "", retryCount: 0, reason: "x")
        #expect(try await store.fail([failure], delays: [.seconds(1)], lane: 1, epoch: 1).isEmpty)
        #expect(try await fixture.database.count("retry_count = 0") == 1)
        #expect(try await store.settle([1], lanes: [1], epochs: [2]))
        #expect(try await fixture.database.count("published") == 1)
        #expect(try await renew([], isFirst: true) == [1: 3, 2: 2], "another process of the same name")
        try await fixture.database.run("UPDATE outbox_lanes SET lease_until = now() - interval '1 second'")
        #expect(try await renew() == [:], "a lease that has run out is not renewed")
        #expect(try await renew([2]) == [2: 3])
    }

    private func epochs(_ fixture: DispatcherFixture) async throws -> [Int64] {
        try await fixture.database.pool.withConnection {
            let result = try await $0.query("SELECT epoch FROM outbox_lanes WHERE lane < 2 ORDER BY lane")
            return try result.rows.map { try $0.decode(0) }
        }
    }
}
