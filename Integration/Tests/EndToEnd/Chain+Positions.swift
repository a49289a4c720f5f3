import LibPQ
import LibRDKafka
import Outbox
import Servers
import Testing

// Positions whose events number themselves: the n-th event of a position says n in its title and its capacity.
extension Chain {
    /// Keeps a record of every change of a position in the read model.
    func logPositions() async throws {
        try await query.withConnection { connection in
            try await connection.run(
                script: """
                    CREATE TABLE position_log (place BIGSERIAL PRIMARY KEY, code TEXT NOT NULL, n INTEGER NOT NULL);
                    CREATE FUNCTION log_position() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                    BEGIN
                        INSERT INTO position_log (code, n) VALUES (NEW.code, NEW.title::integer);
                        RETURN NULL;
                    END $$;
                    CREATE TRIGGER log_position AFTER INSERT OR UPDATE ON read_model.positions
                    FOR EACH ROW EXECUTE FUNCTION log_position();
                    """)
        }
    }

    /// Transactions that write numbered events of positions.
    func writers(events: Int, aggregates: Int = 100, connections: Int = 8) -> ConcurrentWriters {
        ConcurrentWriters(
            database: outbox, aggregates: aggregates, events: events, connections: connections,
            payload: Self.position)
    }

    static func position(_ code: String, _ n: Int32) -> String {
        """
        {"n": \(n), "tenantId": "acme", "positionCode": "\(code)", "title": "\(n)", "status": "VACANT",
        "organizationCode": "1000001", "jobFamilyGroupCode": "TECH", "jobFamilyCode": "TECH-SW",
        "jobRoleCode": "SWE", "jobLevelCode": "S3", "headcountCapacity": \(n), "headcountInUse": 0}
        """
    }

    /// Waits until all has arrived, and expects what the guarantees say of it.
    ///
    /// - Parameters:
    ///   - committed: how many events of each position were committed.
    ///   - duplicates: whether the topic may hold some.
    func expectAllArrived(_ committed: [String: Int], duplicates: Bool) async throws {
        let total = committed.values.reduce(0, +)
        try await waitUntilPublished(total)
        try await waitUntilApplied(total)
        // As many as were committed, all of them settled, none of them blamed for anything.
        #expect(try await outbox.count() == total)
        #expect(try await outbox.count("published AND retry_count = 0 AND last_error IS NULL") == total)
        #expect(try await applied() == total)
        try await expectOrderOnTopic(committed, duplicates: duplicates)
        try await expectReadModel(committed)
    }

    private func expectOrderOnTopic(_ committed: [String: Int], duplicates: Bool) async throws {
        let records = try await records()
        if !duplicates { #expect(records.count == committed.values.reduce(0, +)) }
        var seen: [String: Set<Int>] = [:]
        var firstOccurrences: [String: [Int]] = [:]
        for record in records {
            let position = try #require(record.headerText("aggregate_id"))
            let payload = try JSONValue(parsing: record.value ?? [])
            guard case .integer(let n)? = payload["n"] else {
                Issue.record("an event without n is on the topic")
                continue
            }
            if seen[position, default: []].insert(Int(n)).inserted {
                firstOccurrences[position, default: []].append(Int(n))
            }
        }
        #expect(firstOccurrences.mapValues(\.count) == committed)
        for (position, numbers) in firstOccurrences where numbers != Array(1...numbers.count) {
            Issue.record("\(position) is out of order on the topic: \(numbers)")
        }
    }

    private func expectReadModel(_ committed: [String: Int]) async throws {
        let rows = try await query.withConnection { connection in
            try await connection.query(
                """
                SELECT code, title::int8, headcount_capacity::int8
                FROM read_model.positions JOIN read_model.position_staffing USING (tenant_id, code)
                """)
        }
        var positions: [String: Int] = [:]
        for row in rows.rows {
            let (code, title, capacity) = try row.decode((String, Int64, Int64).self)
            positions[code] = Int(title)
            #expect(capacity == title)
        }
        #expect(positions == committed)
        let disorder = try await queried(
            """
            SELECT count(*) FROM (
                SELECT n <= lag(n) OVER (PARTITION BY code ORDER BY place) AS is_late FROM position_log
            ) AS changes WHERE is_late
            """)
        #expect(disorder == 0, "a position went back in the read model, or an event took effect again")
        #expect(try await queried("SELECT count(*) FROM outbox_consumer_held_events") == 0)
        try await expectFreshCache()
    }

    /// The cache's answers have caught up with the read model.
    private func expectFreshCache() async throws {
        try await waitForFreshCache()
        let different = try await queried(
            """
            SELECT count(*) FROM read_model.positions AS p
            WHERE NOT EXISTS (
                SELECT FROM query_cache AS c
                WHERE c.key = 'org:position:acme:' || p.code || ':v1' AND c.value ->> 'title' = p.title)
            """)
        #expect(different == 0)
    }
}
