import LibPQ
import Servers
import Testing

@Suite("End to end: outages", .serialized)
struct ChainOutageTests {
    @Test("no broker for 20 s in mid-flow: all waits, unblamed, and goes on by itself", .requiresPrivateBroker)
    func broker() async throws {
        let broker = try await KafkaBroker.start()
        defer { broker.close() }
        try await Chain.with(broker: broker) { chain in
            try await outage(of: chain, connections: 2) { published, applied in
                try await chain.waitUntilPublished(published)
                try await chain.waitUntilApplied(applied)
                try await broker.stop()
                // How long it is gone.
                try await Task.sleep(for: .seconds(20))
                try await broker.start()
            }
        }
    }

    @Test("PostgreSQL restarted in mid-flow, and crashed: all goes on by itself", .requiresBroker)
    func postgres() async throws {
        let postgres = try await PostgresServer.start()
        do {
            try await Chain.with(postgres: postgres) { chain in
                try await outage(of: chain, connections: 4) { published, applied in
                    for (round, mode) in [PostgresServer.ShutdownMode.fast, .immediate].enumerated() {
                        try await chain.waitUntilPublished(published * (round + 1))
                        try await chain.waitUntilApplied(applied * (round + 1))
                        try await postgres.restart(mode: mode)
                    }
                }
            }
        } catch {
            try? await postgres.close()
            throw error
        }
        try await postgres.close()
    }

    /// Runs an outage while events are written, published and applied, and expects that nobody minds.
    private func outage(
        of chain: Chain, connections: Int, _ outage: (_ published: Int, _ applied: Int) async throws -> Void
    ) async throws {
        try await chain.logPositions()
        let dispatcher = try chain.dispatcher(["OUTBOX_DISPATCH_BATCH_SIZE": "10"])
        let consumer = try chain.consumer()
        var writers = chain.writers(events: 4000, connections: connections)
        writers.toleratesOutages = true
        async let written = writers.run()
        try await outage(100, 50)
        _ = try await written
        // Business goes on afterwards.
        let committed = try await chain.writers(events: 1000).run()
        // What was acknowledged and not settled before PostgreSQL went is published again.
        try await chain.expectAllArrived(committed, duplicates: true)
        for process in [dispatcher, consumer] {
            try await process.waitUntilReady()
            #expect(process.isRunning)
            #expect(try await process.stop(within: .seconds(60)) == .exited(0))
        }
    }
}
