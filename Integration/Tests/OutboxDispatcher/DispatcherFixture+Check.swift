import LibPQ
import LibRDKafka
import Servers
import Testing

extension DispatcherFixture {
    /// Compares an aggregate type's topic with the outbox: all that is settled is on the topic, nothing else is, and each
    /// aggregate's first occurrences are in order.
    ///
    /// - Parameter mayLackBeginning: the topic was made anew, and has of each aggregate what was settled since.
    /// - Returns: how many records are repetitions.
    @discardableResult
    func checkTopic(_ type: String = "position", mayLackBeginning: Bool = false) async throws -> Int {
        var written: [String: [Int64]] = [:]
        let rows = try await database.pool.withConnection { connection in
            try await connection.query(
                "SELECT aggregate_id, id FROM outbox_events WHERE aggregate_type = \(type) AND published ORDER BY id")
        }
        for row in rows.rows {
            let (aggregate, sequence) = try row.decode((String, Int64).self)
            written[aggregate, default: []].append(sequence)
        }
        var seen: [String: [Int64]] = [:]
        var known: Set<Int64> = []
        var repetitions = 0
        for record in try await records(type) {
            let aggregate = try #require(record.headerText("aggregate_id"))
            let sequence = try #require(record.headerText("sequence").flatMap { Int64($0) })
            if known.insert(sequence).inserted {
                seen[aggregate, default: []].append(sequence)
            } else {
                repetitions += 1
            }
        }
        #expect(Set(seen.keys).isSubset(of: written.keys), "the topic of \(type) has only the outbox's aggregates")
        for (aggregate, sequences) in written {
            let found = seen[aggregate] ?? []
            let expected = mayLackBeginning ? Array(sequences.suffix(found.count)) : sequences
            #expect(found == expected, "\(type) \(aggregate) is not on its topic as in the outbox")
        }
        return repetitions
    }

    /// Writes events with one statement: `perAggregate` for each of the aggregates `A1` …, each with its number `n`.
    func insert(_ type: String = "position", aggregates: Int, perAggregate: Int, padding: Int = 0) async throws {
        try await database.run(
            """
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT gen_random_uuid(), 'A' || a, '\(type)', '\(type).updated',
                jsonb_build_object('n', n, 'padding', repeat('x', \(padding)))
            FROM generate_series(1, \(perAggregate)) n, generate_series(1, \(aggregates)) a ORDER BY n, a
            """)
    }

    func published(_ type: String) async throws -> Int {
        try await database.count("aggregate_type = '\(type)' AND published")
    }

    func waitUntilPublished(_ type: String, _ count: Int, within limit: Duration = .seconds(120)) async throws {
        try await eventually(within: limit, "\(count) events of \(type) are published") {
            try await published(type) >= count
        }
    }
}
