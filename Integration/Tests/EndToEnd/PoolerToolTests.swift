import LibPQ
import Outbox
import Servers
import Testing

@Suite("Tools: through PgBouncer in transaction mode", .requiresBroker, .serialized)
struct PoolerToolTests {
    private static func through(_ bouncer: PgBouncer, _ chain: Chain) -> Chain {
        let url = bouncer.url(insteadOf: chain.outbox.url)
        return Chain(
            broker: chain.broker,
            outbox: TestDatabase(url: url, pool: PQPool(PQConfiguration(url: url), maximumConnections: 8)),
            query: chain.query, queryURL: bouncer.url(insteadOf: chain.queryURL), template: chain.template,
            group: chain.group)
    }

    @Test("all arrives, in order and once, while dispatchers stop and die and sessions are cut and withheld")
    func comingsAndGoings() async throws {
        let bouncer = try await PgBouncer.start(before: .shared(), settings: ["default_pool_size": "3"])
        try await Chain.with { direct in
            try await direct.logPositions()
            let chain = Self.through(bouncer, direct)
            let consumer = try chain.consumer()
            func dispatcher(_ name: String) throws -> ChildProcess {
                try chain.dispatcher(Chain.quickLease.merging(["OUTBOX_INSTANCE": name]) { $1 })
            }
            let first = try dispatcher("first")
            let second = try dispatcher("second")
            try await Self.waitForOwners(["first", "second"], direct)
            _ = try await chain.writers(events: 1000).run()
            try await bouncer.command("RECONNECT")
            first.kill()
            _ = try await chain.writers(events: 1000).run()
            try await Self.waitForOwners(["second"], direct)
            let third = try dispatcher("third")
            try await Self.waitForOwners(["second", "third"], direct)
            try await bouncer.command("PAUSE")
            try await Self.waitForOwners([], direct)
            try await bouncer.command("RESUME")
            #expect(try await second.stop(within: .seconds(60)) == .exited(0))
            let committed = try await chain.writers(events: 1000).run()
            try await chain.expectAllArrived(committed, duplicates: true)
            #expect(third.errorOutput.text.contains("a pooler stands before the database"))

            let total = committed.values.reduce(0, +)
            #expect(try await chain.run(.outbox, ["status"]).contains("\(total) settled events kept"))
            #expect(try await chain.run(.outbox, ["parked", "list"]) == "no parked events\n")
            try await chain.run(.outbox, ["dead-letters", "list"])
            try await chain.run(.outbox, ["verify", "--consumer", chain.group])
            #expect(try await third.stop(within: .seconds(60)) == .exited(0))
            consumer.kill()
            await chain.outbox.pool.close()
            bouncer.kill()
        }
    }

    /// Waits until all lanes are leased to these dispatchers; to nobody when there are none.
    private static func waitForOwners(_ names: Set<String>, _ chain: Chain) async throws {
        try await eventually(within: .seconds(60), "\(names) own the lanes") {
            let owners = try await chain.outbox.pool.withConnection {
                try await $0.query(
                    "SELECT DISTINCT coalesce(CASE WHEN lease_until >= now() THEN owner END, '') FROM outbox_lanes")
            }
            return Set(try owners.rows.map { try $0.decode(0, as: String.self) }) == (names.isEmpty ? [""] : names)
        }
    }

    @Test("what needs a session of its own is refused: exit status 2, and the setting is named")
    func refusals() async throws {
        let bouncer = try await PgBouncer.start(before: .shared())
        try await Chain.with { direct in
            let chain = Self.through(bouncer, direct)
            for (tool, arguments) in [
                (BuiltTool.outbox, ["migrate"]), (.outbox, ["migrate", "--partitioned"]), (.workforce, ["migrate"]),
                (.workforce, ["rebuild", "--quiet"]),
            ] {
                let process = try chain.start(tool, arguments)
                #expect(try await process.waitForExit(within: .seconds(60)) == .exited(2), "\(arguments)")
                let text = process.errorOutput.text
                #expect(text.contains("connect directly") && text.contains("OUTBOX_DATABASE_POOLING"), "\(text)")
            }
            await chain.outbox.pool.close()
            bouncer.kill()
        }
    }

    @Test("a pooler that goes down and comes back is an outage that a dispatcher waits for")
    func outage() async throws {
        try await Chain.with { direct in
            let bouncer = try await PgBouncer.start(before: .shared())
            let chain = Self.through(bouncer, direct)
            let dispatcher = try chain.dispatcher()
            try await chain.outbox.save([try TestDatabase.event()])
            try await direct.waitUntilPublished(1)
            bouncer.kill()
            try await direct.outbox.save([try TestDatabase.event()])
            try await bouncer.start()
            try await direct.waitUntilPublished(2)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
            await chain.outbox.pool.close()
            bouncer.kill()
        }
    }
}
