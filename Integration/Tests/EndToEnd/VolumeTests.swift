import LibPQ
import Servers
import Testing

@Suite("End to end: volume", .requiresBroker, .serialized)
struct VolumeTests {
    @Test(
        "20,000 events of 500 aggregates by 8 streams of transactions take effect once each, in order, none of those rolled back"
    )
    func twentyThousand() async throws {
        try await Chain.with { chain in
            try await chain.logPositions()
            let dispatcher = try chain.dispatcher()
            let consumer = try chain.consumer()
            try await chain.withLedger { _ in
                let committed = try await chain.writers(events: 20_000, aggregates: 500).run()
                try await chain.expectAllArrived(committed, duplicates: false)
                try await chain.expectLedger(of: committed.values.reduce(0, +))
            }
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
            #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
        }
    }
}
