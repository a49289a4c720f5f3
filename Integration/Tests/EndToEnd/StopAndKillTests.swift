import LibPQ
import Servers
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite("End to end: processes that stop and die", .requiresBroker, .serialized)
struct StopAndKillTests {
    @Test("told to stop while it publishes, the dispatcher settles what it sent, and nothing is sent again")
    func stop() async throws {
        try await Chain.with { chain in
            let total = 20_000
            try await chain.outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                SELECT gen_random_uuid(), 'P' || n % 100, 'position', 'position.updated', '{}'
                FROM generate_series(1, \(total)) AS n
                """)
            var stopsInMidFlow = 0
            for round in 1... {
                // One event of a lane at a time: that takes seconds, on whatever machine.
                let dispatcher = try chain.dispatcher(["OUTBOX_DISPATCH_BATCH_SIZE": "1"])
                let before = try await chain.outbox.count("published")
                try await eventually(within: .seconds(60), "it publishes") {
                    try await chain.outbox.count("published") > before
                }
                dispatcher.send(SIGTERM)
                #expect(try await dispatcher.waitForExit(within: .seconds(60)) == .exited(0))
                let published = try await chain.outbox.count("published")
                #expect(try await chain.records().count == published)
                if published == total { break }
                stopsInMidFlow += 1
                if round == 3 { break }
            }
            #expect(stopsInMidFlow > 0)
            let dispatcher = try chain.dispatcher()
            try await chain.waitUntilPublished(total)
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
            #expect(try await chain.records().count == total)
        }
    }

    @Test("dispatcher and consumer are killed again and again in mid-flow: no loss, no disorder, nothing twice")
    func kill() async throws {
        try await Chain.with { chain in
            try await chain.logPositions()
            let quickLease = Chain.quickLease.merging(["OUTBOX_DISPATCH_BATCH_SIZE": "20"]) { $1 }
            try await chain.withLedger { _ in
                var committed: [String: Int] = [:]
                for _ in 1...4 {
                    let dispatcher = try chain.dispatcher(quickLease)
                    let consumer = try chain.consumer(Chain.quickRejoin)
                    let published = try await chain.outbox.count("published")
                    let applied = try await chain.applied()
                    async let written = chain.writers(events: 1500).run()
                    try await chain.waitUntilPublished(published + 100)
                    dispatcher.kill()
                    try await chain.waitUntilApplied(applied + 50)
                    consumer.kill()
                    committed = try await written
                }
                let dispatcher = try chain.dispatcher(quickLease)
                let consumer = try chain.consumer(Chain.quickRejoin)
                try await chain.expectAllArrived(committed, duplicates: true)
                try await chain.expectLedger(of: committed.values.reduce(0, +))
                #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
                #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
            }
        }
    }
}
