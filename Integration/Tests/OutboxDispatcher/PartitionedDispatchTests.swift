import LibPQ
import Outbox
import OutboxTelemetry
import Servers
import Testing

@testable import OutboxDispatcher

@Suite("Dispatcher: a partitioned outbox", .serialized)
struct PartitionedDispatchTests {
    private func partitions(_ database: TestDatabase) async throws -> Int {
        let rows = try await database.pool.withConnection { try await $0.query("SELECT FROM outbox_partitions()") }
        return rows.rowCount
    }

    @Test(
        "becomes partitioned and plain again under load: nothing lost, repeated or out of order, no writer's error"
    )
    func conversionUnderLoad() async throws {
        let fixture = try await DispatcherFixture.make()
        let database = fixture.database
        let writers = ConcurrentWriters(database: database, aggregates: 200, events: 5000, connections: 6)
        let committed = try await fixture.withDispatcher { _ in
            async let writing = writers.run()
            try await fixture.waitUntilPublished(500)
            let conversion = try await OutboxPartitions.convert(in: database.pool, rows: 800)
            print("locked for \(conversion?.lockedFor ?? .zero) on the way to partitions")
            #expect(conversion?.rowsMoved == 0)
            try await eventually(within: .seconds(60), "partitions are made ahead") {
                try await partitions(database) >= 4
            }
            let reversal = try await database.pool.withConnection { try await OutboxPartitions.revert(on: $0) }
            print("locked for \(reversal?.lockedFor ?? .zero) on the way back, \(reversal?.rowsMoved ?? 0) rows moved")
            let committed = try await writing
            try await fixture.waitUntilPublished(committed.values.reduce(0, +))
            return committed
        }
        let numbers = try DispatcherFixture.numbers(of: try await fixture.records())
        #expect(numbers.mapValues(\.count) == committed)
        for (aggregate, sequence) in numbers {
            #expect(sequence == Array(1...sequence.count), "\(aggregate) is out of order")
        }
    }

    @Test(
        "holds, parking and retention work over partitions; an old partition is dropped once its parked event is gone")
    func retention() async throws {
        let fixture = try await DispatcherFixture.make()
        let database = fixture.database
        try await OutboxPartitions.convert(in: database.pool, rows: 100)
        try await database.run("SELECT outbox_keep_partitions(interval '1 hour')")
        let parked = try TestDatabase.event("no topic.updated", "N1")
        try await database.save([parked])
        for start in stride(from: 0, to: 350, by: 10) {
            try await database.save(
                (start..<start + 10).map { try TestDatabase.event("position.updated", "P\($0 % 20)") })
        }
        try await fixture.withDispatcher({
            $0.maximumRetries = 1
            $0.retention = .keep(.seconds(1))
        }) { _ in
            try await eventually(within: .seconds(90), "the event that names no topic is parked, the others settled") {
                try await database.count("NOT published AND parked_at IS NULL") == 0
            }
            try await eventually(within: .seconds(60), "partitions of settled events are dropped") {
                fixture.metrics.exposition().contains("outbox_dispatch_partitions_held_back 1")
                    && fixture.metrics.exposition().contains("outbox_dispatch_partitions_dropped_total 2")
            }
            try await eventually(within: .seconds(60), "what the default partition has taken is deleted row by row") {
                try await database.count("id > 100") == 0
            }
            // What stays is the first partition, whole.
            #expect(!fixture.metrics.exposition().contains("outbox_dispatch_retention_deleted_total 0"))
            #expect(try await database.count("parked_at IS NOT NULL") == 1)
            try await ParkedEvents(pool: database.pool).discard(.all, actor: "test", reason: "test")
            try await eventually(within: .seconds(60), "the first partition is dropped") {
                fixture.metrics.exposition().contains("outbox_dispatch_partitions_dropped_total 3")
            }
        }
        #expect(try await fixture.records().count == 350)
        #expect(try await OutboxStatus.read(from: database.pool).pending == 0)
    }
}
