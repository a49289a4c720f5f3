import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import Servers
import Synchronization
import Testing

/// Dispatcher processes that share the lanes of one outbox, while writers go on all the time.
final class DispatcherFleet: Sendable {
    let fixture: DispatcherFixture
    private let lanes: Int
    private let settings: [String: String?]
    private let processes = Mutex<[String: ChildProcess]>([:])

    /// - Parameter settings: of every dispatcher, beyond a lease of 3 s.
    init(_ fixture: DispatcherFixture, lanes: Int = 64, settings: [String: String?] = [:]) {
        self.fixture = fixture
        self.lanes = lanes
        self.settings = settings
    }

    /// Starts a dispatcher; ended at the latest with the fleet.
    @discardableResult
    func start(_ name: String, _ changes: [String: String?] = [:]) throws -> ChildProcess {
        let environment: [String: String?] = [
            "DATABASE_URL": fixture.database.url(as: .dispatcher), "KAFKA_BOOTSTRAP_SERVERS": fixture.bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": fixture.template, "OUTBOX_HTTP_ADDRESS": "127.0.0.1:0",
            "OUTBOX_INSTANCE": name, "OUTBOX_DISPATCH_LEASE": "3s", "OUTBOX_DISPATCH_LANES": "\(lanes)",
        ]
        let process = try BuiltTool.outbox.start(
            ["dispatch"], environment: environment.merging(settings) { $1 }.merging(changes) { $1 })
        processes.withLock { $0[name] = process }
        return process
    }

    func process(_ name: String) throws -> ChildProcess {
        try #require(processes.withLock { $0[name] })
    }

    /// How many lanes each instance owns with a lease that has not run out; those of nobody under "".
    func shares() async throws -> [String: Int] {
        try await fixture.database.pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT coalesce(CASE WHEN lease_until >= now() THEN owner END, ''), count(*)
                FROM outbox_lanes WHERE lane < \(Int32(lanes)) GROUP BY 1
                """)
            return Dictionary(
                uniqueKeysWithValues: try result.rows.map {
                    (try $0.decode(0, as: String.self), Int(try $0.decode(1, as: Int64.self)))
                })
        }
    }

    /// Waits until these instances own all lanes, no two shares differing by more than one.
    ///
    /// - Returns: how long that took.
    @discardableResult
    func waitUntilShared(_ names: String..., within limit: Duration = .seconds(60)) async throws -> Duration {
        let start = ContinuousClock.now
        let allowed = [lanes / names.count, (lanes + names.count - 1) / names.count]
        var last: [String: Int] = [:]
        do {
            try await eventually(within: limit, "\(names) share the lanes") {
                last = try await shares()
                return last.keys.allSatisfy(names.contains) && last.values.reduce(0, +) == lanes
                    && names.allSatisfy { allowed.contains(last[$0] ?? 0) }
            }
        } catch {
            throw ServerError(.timedOut, "\(error); the shares are \(last)")
        }
        return .now - start
    }

    /// Lets writers go on while `body` runs, waits until all is published, stops the dispatchers, and checks the topic:
    /// every committed event is there, and in order by first occurrence.
    ///
    /// - Returns: how many records came more than once.
    @discardableResult
    func whileWriting(_ body: () async throws -> Void) async throws -> Int {
        let isOver = Atomic<Bool>(false)
        let database = fixture.database
        async let committed: [String: Int] = {
            let writers = ConcurrentWriters(database: database, aggregates: 200, events: 40, connections: 2)
            var committed = try await writers.run()
            while !isOver.load(ordering: .relaxed) { committed = try await writers.run() }
            return committed
        }()
        do {
            try await body()
        } catch {
            isOver.store(true, ordering: .relaxed)
            throw error
        }
        isOver.store(true, ordering: .relaxed)
        let counts = try await committed
        try await fixture.waitUntilPublished(counts.values.reduce(0, +))
        for process in processes.withLock({ Array($0.values) }) where process.isRunning {
            #expect(try await process.stop(within: .seconds(60)) == .exited(0))
        }
        return try await expectOrder(of: counts)
    }

    /// - Parameter committed: how many events each aggregate has.
    /// - Returns: how many records came more than once.
    func expectOrder(of committed: [String: Int]) async throws -> Int {
        var firstOccurrences: [String: [Int]] = [:]
        var seen: Set<String> = []
        var duplicates = 0
        for record in try await fixture.records() {
            let aggregate = try #require(record.headerText("aggregate_id"))
            guard case .integer(let n)? = try JSONValue(parsing: record.value ?? [])["n"] else { continue }
            if seen.insert("\(aggregate) \(n)").inserted {
                firstOccurrences[aggregate, default: []].append(Int(n))
            } else {
                duplicates += 1
            }
        }
        #expect(firstOccurrences.mapValues(\.count) == committed)
        for (aggregate, numbers) in firstOccurrences where numbers != Array(1...numbers.count) {
            Issue.record("\(aggregate) is out of order on the topic: \(numbers)")
        }
        return duplicates
    }
}
