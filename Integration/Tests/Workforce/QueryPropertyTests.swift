import FoundationEssentials
import LibPQ
import Outbox
import OutboxJWT
import OutboxTelemetry
import Servers
import Testing
import Workforce

@Suite("Query answers and the command database")
struct QueryPropertyTests {
    private static let tenants = ["acme", "globex", "initech"]
    private static let secret = "a secret that is only good for this test"

    @Test(
        "agree after a thousand random sequences of commands in three tenants, by way of dispatcher, Kafka and consumer",
        .requiresBroker)
    func agree() async throws {
        // The same business on every run, so that a failure is one of the code; another seed tries another.
        let given = ProcessInfo.processInfo.environment["WORKFORCE_PROPERTY_SEED"].flatMap { UInt64($0) }
        let seed = given ?? 1
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let service = try chain.start(
                .workforce, ["query"],
                ["WORKFORCE_QUERY_ADDRESS": "127.0.0.1:0", "WORKFORCE_JWT_SECRET": Self.secret])
            try await Self.runCommands(on: chain, seed: seed)
            let events = try await chain.outbox.count()
            try await chain.waitUntilApplied(events)
            try await chain.waitForFreshCache()
            let address = try await service.httpAddress()
            for tenant in Self.tenants {
                let answers = QueryAnswers(try Self.client(address, tenant: tenant))
                let truth = CommandTruth(pool: chain.outbox.pool, tenant: tenant)
                let comment: Comment = "tenant \(tenant), seed \(seed)"
                #expect(try await answers.positions() == truth.positions(), comment)
                #expect(try await answers.assignments() == truth.assignments(), comment)
                #expect(try await answers.organizations() == truth.organizations(), comment)
                #expect(try await answers.jobLevels() == truth.jobLevels(), comment)
                #expect(try await answers.statistics() == truth.statistics(), comment)
                // From the cache.
                for (code, expected) in try await truth.positionsByCode() {
                    #expect(try await answers.position(code) == expected, comment)
                    #expect(try await answers.statistics(position: code) == truth.statistics(position: code), comment)
                }
            }
            #expect(try await chain.queried("SELECT count(*) FROM outbox_consumer_held_events") == 0)
            #expect(try await service.stop(within: .seconds(60)) == .exited(0))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    /// A thousand sequences of one to five commands, each tenant's by itself: so a seed gives the same again.
    private static func runCommands(on chain: Chain, seed: UInt64) async throws {
        let world = try WorkforceWorld(pool: chain.outbox.pool)
        try await withThrowingTaskGroup(of: (accepted: Int, refused: Int).self) { group in
            for (index, tenant) in tenants.enumerated() {
                group.addTask {
                    var commands = RandomCommands(
                        world: world, tenants: [tenant], positions: 40, seed: seed &+ UInt64(index))
                    try await commands.prepare()
                    for sequence in 0..<1_000 where sequence % tenants.count == index {
                        for _ in 0...commands.number(below: 5) { try await commands.step() }
                    }
                    return commands.counts
                }
            }
            for try await counts in group {
                #expect(counts.accepted > 300 && counts.refused > 100, "seed \(seed): \(counts)")
            }
        }
    }

    private static func client(_ address: String, tenant: String) throws -> HTTPClient {
        let minter = try TokenMinter(secret: Secret(Array(secret.utf8)))
        let caller = Caller(userID: "tester", tenantID: tenant, roles: [.reader])
        let token = try DevTokens(minter: minter).token(for: caller, duration: .seconds(600))
        return HTTPClient(address, headers: ["Authorization": "Bearer \(token)", "X-Tenant-ID": tenant])
    }
}
