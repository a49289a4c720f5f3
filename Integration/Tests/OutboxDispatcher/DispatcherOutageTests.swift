import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import OutboxDispatcher
import Servers
import Testing

@Suite("Dispatcher: outages", .serialized)
struct DispatcherOutageTests {
    @Test(
        "while no broker answers, events wait unblamed and readiness is red; all goes on by itself afterwards",
        .requiresPrivateBroker)
    func brokerOutage() async throws {
        let broker = try await KafkaBroker.start(nodes: 1)
        defer { broker.close() }
        let fixture = try await DispatcherFixture.make(broker: broker)
        try await fixture.withDispatcher { dispatcher in
            try await fixture.database.save((0..<100).map { try TestDatabase.event("position.updated", "P\($0)") })
            try await fixture.waitUntilPublished(100)
            try await eventually(within: .seconds(60), "the dispatcher is ready") { dispatcher.health.isReady }
            try await broker.stop()
            try await fixture.database.save((0..<100).map { try TestDatabase.event("position.updated", "P\($0)") })
            try await eventually(within: .seconds(60), "readiness is red") { !dispatcher.health.isReady }
            try await broker.start()
            try await fixture.waitUntilPublished(200)
            try await eventually(within: .seconds(60), "the dispatcher is ready again") { dispatcher.health.isReady }
        }
        #expect(try await fixture.database.count("retry_count > 0") == 0)
    }

    @Test("a database that restarts is waited for, and nothing is lost")
    func databaseRestart() async throws {
        let postgres = try await PostgresServer.start()
        let fixture = try await DispatcherFixture.make(postgres: postgres)
        try await fixture.withDispatcher { dispatcher in
            for round in 0..<3 {
                try await fixture.database.save(
                    (0..<500).map {
                        try TestDatabase.event("position.updated", "P\($0 % 50)", payload: #"{"n":\#(round)}"#)
                    })
                try await postgres.restart(mode: round == 1 ? .immediate : .fast)
            }
            try await eventually(within: .seconds(120), "all are published") {
                try await fixture.database.count("published") == 1500
            }
            try await eventually(within: .seconds(60), "the dispatcher is ready") { dispatcher.health.isReady }
        }
        #expect(try await fixture.database.count("retry_count > 0") == 0)
        try await postgres.close()
    }

    @Test("a drain that can't end gives up in time, and what it gave up is published later", .requiresPrivateBroker)
    func drainWithoutBroker() async throws {
        let broker = try await KafkaBroker.start(nodes: 1)
        defer { broker.close() }
        let fixture = try await DispatcherFixture.make(broker: broker)
        try await fixture.withDispatcher({ $0.drainTimeout = .seconds(2) }) { _ in
            try await fixture.database.save([try TestDatabase.event()])
            try await fixture.waitUntilPublished(1)
            try await broker.stop()
            try await fixture.database.save((0..<50).map { try TestDatabase.event("position.updated", "P\($0)") })
            try await eventually(within: .seconds(60), "events are in flight") {
                fixture.metrics.value(of: "outbox_dispatch_claimed_total") >= 51
            }
        }
        #expect(try await fixture.database.count("published") == 1)
        try await broker.start()
        try await fixture.withDispatcher { _ in try await fixture.waitUntilPublished(51) }
        #expect(try await fixture.database.count("retry_count > 0") == 0)
    }

    @Test("a dispatcher that finds no database stops at once when it is told to")
    func noDatabase() async throws {
        let configuration = DispatcherConfiguration(instance: "x", bootstrapServers: "127.0.0.1:1")
        let pool = PQPool(PQConfiguration(url: "postgresql://127.0.0.1:1/none"), maximumConnections: 2)
        let dispatcher = try Dispatcher(configuration, pool: pool)
        let running = Task { try await dispatcher.run() }
        let start = ContinuousClock.now
        dispatcher.drain()
        running.cancel()
        _ = await running.result
        #expect(ContinuousClock.now - start < .seconds(25), "the drain timeout is not waited for")
        await pool.close()
    }
}
