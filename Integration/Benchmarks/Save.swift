import Foundation
import LibPQ
import Outbox
import Servers

/// What events add to a business transaction of three writes, against the same transaction without any.
struct Save {
    /// How often each kind of transaction is run.
    let rounds: Int
    /// Bytes.
    let payload: Int

    private static let kinds = [
        Kind("three writes", events: 0), Kind("one event with COMMIT", events: 1, savesAtCommit: true),
        Kind("one event", events: 1), Kind("10 events", events: 10), Kind("100 events", events: 100),
    ]
    private static let customers = 1_000

    private struct Order: Encodable {
        let customer: Int
        let note: String
    }

    /// One kind of transaction: how long each took, and what each wrote to the log.
    private struct Kind {
        let name: String
        let events: Int
        let savesAtCommit: Bool
        var seconds: [Double] = []
        var bytes: [Double] = []

        init(_ name: String, events: Int, savesAtCommit: Bool = false) {
            self.name = name
            self.events = events
            self.savesAtCommit = savesAtCommit
        }
    }

    func run() async throws -> [Measurement] {
        let url = try await PostgresServer.shared().createDatabase("save")
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 1)
        try await prepare(pool)
        var kinds = Self.kinds
        // By turns, so that a slow moment of the machine hits all alike, and in any order, so that none always comes behind
        // the largest; the first ones warm up.
        for round in -20..<rounds {
            for index in kinds.indices.shuffled() {
                let (seconds, bytes) = try await measure(pool, kinds[index], round: round)
                guard round >= 0 else { continue }
                kinds[index].seconds.append(seconds)
                kinds[index].bytes.append(bytes)
            }
        }
        await pool.close()
        return results(kinds)
    }

    private func results(_ kinds: [Kind]) -> [Measurement] {
        let (bare, bareBytes) = (Self.median(kinds[0].seconds), Self.median(kinds[0].bytes))
        var results = [
            Measurement("save: three writes", bare * 1_000_000, "µs"),
            Measurement("save: three writes, log of the server", bareBytes, "bytes"),
        ]
        for kind in kinds.dropFirst() {
            let name = "save: \(kind.name)"
            let added = Self.median(kind.seconds) - bare
            results += [
                Measurement("\(name) adds", added * 1_000_000, "µs"),
                Measurement("\(name) adds", added / bare * 100, "%", target: kind.savesAtCommit ? .atMost(15) : nil),
                Measurement(
                    "\(name), log of the server", (Self.median(kind.bytes) - bareBytes) / Double(kind.events),
                    "bytes per event"),
            ]
        }
        return results
    }

    private static func median(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : values.sorted()[values.count / 2]
    }

    private func prepare(_ pool: PQPool) async throws {
        try await pool.withConnection { connection in
            try await OutboxMigrations.apply(on: connection)
            try await connection.run(
                script: """
                    CREATE TABLE customers (id BIGINT PRIMARY KEY, orders BIGINT NOT NULL) WITH (fillfactor = 50);
                    CREATE TABLE stock (item BIGINT PRIMARY KEY, amount BIGINT NOT NULL) WITH (fillfactor = 50);
                    CREATE TABLE orders (
                        id BIGSERIAL PRIMARY KEY, customer BIGINT NOT NULL REFERENCES customers, note TEXT NOT NULL,
                        created_at TIMESTAMPTZ NOT NULL DEFAULT now());
                    CREATE INDEX ON orders (customer);
                    INSERT INTO customers SELECT i, 0 FROM generate_series(0, \(Self.customers - 1)) i;
                    INSERT INTO stock SELECT i, 0 FROM generate_series(0, \(Self.customers - 1)) i;
                    """)
            // All pages have been written since: no transaction has to log a whole one.
            try await connection.run(script: "VACUUM ANALYZE")
        }
    }

    private func measure(_ pool: PQPool, _ kind: Kind, round: Int) async throws -> (seconds: Double, bytes: Double) {
        let before = try await logPosition(pool)
        let start = ContinuousClock.now
        try await transact(pool, kind, customer: (round + 20) * 7919 % Self.customers)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return (seconds, try await logPosition(pool) - before)
    }

    private func logPosition(_ pool: PQPool) async throws -> Double {
        try await pool.withConnection { connection in
            try await connection.query("SELECT (pg_current_wal_insert_lsn() - '0/0')::float8")[0]
                .decode(0, as: Double.self)
        }
    }

    private func transact(_ pool: PQPool, _ kind: Kind, customer: Int) async throws {
        let order = Order(customer: customer, note: String(repeating: "x", count: max(0, payload - 220)))
        let (id, repository) = (Int64(customer), OutboxRepository())
        try await pool.withTransaction { transaction in
            try await transaction.execute("UPDATE customers SET orders = orders + 1 WHERE id = \(id)")
            try await transaction.execute("INSERT INTO orders (customer, note) VALUES (\(id), \(order.note))")
            try await transaction.execute("UPDATE stock SET amount = amount - 1 WHERE item = \(id)")
            guard kind.events > 0 else { return }
            let context = EventContext(tenantID: "t1", requestID: "r\(customer)", operation: "PlaceOrder")
            let builder = OutboxEventBuilder(context: context)
            let all = try (0..<kind.events).map { index in
                try builder.event(type: "order.placed", aggregateID: "O\(customer)-\(index)", payload: order)
            }
            if kind.savesAtCommit {
                try repository.save(all[0], atCommitOf: transaction)
            } else if all.count == 1 {
                try await repository.save(all[0], in: transaction)
            } else {
                try await repository.save(contentsOf: all, in: transaction)
            }
        }
    }
}
