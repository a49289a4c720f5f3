import Foundation
import LibPQ
import Outbox

/// Commits events at a steady rate, in transactions of one to five of an aggregate, and notes when each COMMIT had
/// returned.
///
/// A transaction is one statement that writes a business row and its events, so that the load costs little beside what
/// is measured. Writers share no aggregate, so none waits for another.
struct SteadyLoad {
    let url: String
    /// Events per second.
    let rate: Int
    let seconds: Int

    /// An event's way begins here.
    struct Commit: Sendable {
        let sequence: Int64
        /// Grows within an aggregate; stands in the payload.
        let number: Int
        let key: String
        /// In seconds since 1970.
        let time: Double
        /// Later than planned by as many seconds: what the load itself could not keep up with.
        let delay: Double
    }

    private static let sizes = [3, 1, 5, 2, 4]
    private static let mean = 3
    private static let aggregatesPerWriter = 500
    private static let padding = String(repeating: "x", count: 280)

    /// Makes what the load writes to.
    static func prepare(_ url: String) async throws {
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        try await OutboxMigrations.apply(on: connection)
        try await connection.run(script: "CREATE TABLE orders (id BIGSERIAL PRIMARY KEY, note TEXT NOT NULL)")
        await connection.close()
    }

    func run() async throws -> [Commit] {
        let writers = rate > 2000 ? 8 : 4
        let transactions = max(1, rate * seconds / Self.mean)
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: [Commit].self) { group in
            for writer in 0..<writers {
                group.addTask {
                    let connection = try await PQConnection.connect(PQConfiguration(url: url))
                    var commits: [Commit] = []
                    for index in stride(from: writer, to: transactions, by: writers) {
                        let due = start + .seconds(Self.mean) * index / rate
                        try await Task.sleep(until: due, tolerance: .zero, clock: .continuous)
                        commits += try await transact(connection, writer: writer, index: index, due: due)
                    }
                    await connection.close()
                    return commits
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Commits one event for each moment in turn, on an otherwise idle system.
    func run(pauses: [Duration]) async throws -> [Commit] {
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        var commits: [Commit] = []
        for (index, pause) in pauses.enumerated() {
            try await Task.sleep(for: pause)
            commits += try await transact(connection, writer: 0, index: index, due: .now, size: 1)
        }
        await connection.close()
        return commits
    }

    private func transact(
        _ connection: PQConnection, writer: Int, index: Int, due: ContinuousClock.Instant, size: Int? = nil
    ) async throws -> [Commit] {
        let size = size ?? Self.sizes[index % Self.sizes.count]
        let numbers = (0..<size).map { index * Self.sizes.count + $0 }
        let aggregate = writer * Self.aggregatesPerWriter + index * 7919 % Self.aggregatesPerWriter
        let (type, id) = (FullOutbox.types[aggregate % FullOutbox.types.count], "A\(aggregate)")
        let result = try await connection.query(
            """
            WITH business AS (INSERT INTO orders (note) VALUES (\("order \(index)")))
            INSERT INTO outbox_events (event_id, aggregate_type, aggregate_id, event_type, payload)
            SELECT gen_random_uuid(), \(type), \(id), \(FullTopics.eventType), payload
            FROM unnest(\(numbers.map { PQJSON(#"{"n":\#($0),"x":"\#(Self.padding)"}"#) })) AS payload
            RETURNING id
            """)
        let (time, delay) = (Date().timeIntervalSince1970, (ContinuousClock.now - due) / .seconds(1))
        return try numbers.indices.map { position in
            Commit(
                sequence: try result.int64(row: position, column: 0), number: numbers[position],
                key: "\(type)/\(id)", time: time, delay: delay)
        }
    }
}
