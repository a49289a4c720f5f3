import Foundation
import LibPQ
import Outbox
import OutboxCommandLine
import OutboxTelemetry
import Servers

/// Whether claims stay as fast as they were while retention deletes what is written: a steady load for several times
/// the retention, with the sizes of the table and its indexes.
struct LongRun {
    let rate: Int
    let seconds: Int
    /// How long settled events are kept, in seconds.
    let retention: Int
    let isPartitioned: Bool

    private static let samples = 6

    /// What is read at one moment.
    private struct Sample {
        var claims: [Double: Double] = [:]
        var deleted = 0.0
        var droppedPartitions = 0.0
        var sizes: [(name: String, mebibytes: Double)] = []
        var deadRows = 0.0
        var rows = 0.0
        var hotShare = 0.0
    }

    func run() async throws -> [Measurement] {
        let url = try await PostgresServer.shared().createDatabase("retention")
        let prefix = "retention\(UUID().uuidString.prefix(8))"
        try await KafkaBroker.shared().createTopic("\(prefix).position", partitions: 4)
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 3)
        try await pool.withConnection { _ = try await OutboxMigrations.apply(on: $0) }
        if isPartitioned {
            try await OutboxPartitions.convert(in: pool, rows: Int64(max(100, rate * retention / 10)))
        }
        let dispatcher = try BuiltTool.outbox.start(
            ["dispatch"],
            environment: try await DispatcherEnvironment.of(
                url, topics: prefix, retention: "\(retention)s", servesHTTP: true))
        let client = try await dispatcher.waitUntilReady()
        let writing = Task { try await write(pool) }
        var results: [Measurement] = []
        var before = try await sample(client, pool)
        for index in 1...Self.samples {
            try await Task.sleep(for: .seconds(seconds) / Self.samples)
            let now = try await sample(client, pool)
            results += figures("after \(seconds * index / Self.samples) s", from: before, to: now)
            before = now
        }
        results.append(Measurement("written", Double(try await writing.value), "events/s"))
        _ = try await dispatcher.stop(within: .seconds(60))
        await pool.close()
        return results
    }

    /// Writes at the rate, 20 times a second. - Returns: what rate it was.
    private func write(_ pool: PQPool) async throws -> Int {
        let start = ContinuousClock.now
        var written = 0
        for tick in 0..<(seconds * 20) {
            try await Task.sleep(until: start + .milliseconds(50) * tick, clock: .continuous)
            written += try await pool.withConnection { connection in
                try await connection.execute(
                    """
                    INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                    SELECT gen_random_uuid(), 'P' || i * 7919 % 1000, 'position', 'position.updated',
                        jsonb_build_object('n', i, 'x', repeat('x', 250))
                    FROM generate_series(\(Int64(tick * rate / 20)), \(Int64((tick + 1) * rate / 20 - 1))) AS i
                    """)
            }
        }
        return Int(Double(written) / ((ContinuousClock.now - start) / .seconds(1)))
    }

    private func sample(_ client: HTTPClient, _ pool: PQPool) async throws -> Sample {
        var sample = Sample()
        let metrics = try await client.metrics()
        sample.deleted = metrics["outbox_dispatch_retention_deleted_total"]
        sample.droppedPartitions = metrics["outbox_dispatch_partitions_dropped_total"]
        for (series, value) in metrics.all where series.hasPrefix("outbox_dispatch_claim_seconds_bucket") {
            guard let bound = series.split(separator: "\"").dropFirst().first else { continue }
            sample.claims[Double(bound) ?? .infinity] = value
        }
        let result = try await pool.withConnection { connection in
            try await connection.query(
                """
                WITH parts AS (
                    SELECT oid AS relid FROM pg_class WHERE oid = 'outbox_events'::regclass AND relkind = 'r'
                    UNION ALL SELECT partition::oid FROM outbox_partitions()
                )
                SELECT 'table', coalesce(sum(pg_table_size(relid)), 0)::float8 / 1048576 FROM parts
                UNION ALL
                SELECT CASE WHEN indisprimary THEN 'index of ids' WHEN indisunique THEN 'index of event ids'
                        WHEN pg_get_indexdef(indexrelid) LIKE '%parked_at%' THEN 'index of lanes'
                        ELSE 'index of failed events' END,
                    sum(pg_relation_size(indexrelid))::float8 / 1048576
                FROM pg_index WHERE indrelid IN (SELECT relid FROM parts) GROUP BY 1
                UNION ALL SELECT 'dead', coalesce(sum(n_dead_tup), 0)::float8
                    FROM pg_stat_user_tables WHERE relid IN (SELECT relid FROM parts)
                UNION ALL SELECT 'live', coalesce(sum(n_live_tup), 0)::float8
                    FROM pg_stat_user_tables WHERE relid IN (SELECT relid FROM parts)
                UNION ALL SELECT 'hot', coalesce(sum(n_tup_hot_upd) / nullif(sum(n_tup_upd), 0), 0)::float8
                    FROM pg_stat_user_tables WHERE relid IN (SELECT relid FROM parts)
                """)
        }
        for row in result.rows {
            let (name, value) = try row.decode((String, Double).self)
            switch name {
            case "dead": sample.deadRows = value
            case "live": sample.rows = value
            case "hot": sample.hotShare = value
            default: sample.sizes.append((name, value))
            }
        }
        return sample
    }

    private func figures(_ moment: String, from before: Sample, to now: Sample) -> [Measurement] {
        var results = [0.5, 0.99].map { share in
            Measurement(
                "\(moment): claim, p\(Int(share * 100))", quantile(share, from: before, to: now) * 1000,
                "ms")
        }
        results.append(
            Measurement(
                "\(moment): deleted",
                (now.deleted - before.deleted) * Double(Self.samples) / Double(seconds),
                "events/s"))
        if isPartitioned {
            let dropped = now.droppedPartitions - before.droppedPartitions
            results.append(Measurement("\(moment): partitions dropped", dropped, ""))
        }
        results += now.sizes.sorted { $0.name < $1.name }.map {
            Measurement("\(moment): \($0.name)", $0.mebibytes, "MiB")
        }
        results.append(Measurement("\(moment): rows", now.rows, ""))
        results.append(Measurement("\(moment): dead rows", now.deadRows, ""))
        results.append(Measurement("\(moment): updates within their page", now.hotShare * 100, "%"))
        return results
    }

    /// Between the histogram's bounds, as if evenly spread.
    private func quantile(_ share: Double, from before: Sample, to now: Sample) -> Double {
        let counts = now.claims.map { ($0.key, $0.value - (before.claims[$0.key] ?? 0)) }.sorted { $0.0 < $1.0 }
        guard let total = counts.last?.1, total > 0 else { return .nan }
        var (lower, below) = (0.0, 0.0)
        for (bound, count) in counts {
            if count >= total * share {
                guard bound.isFinite, count > below else { return lower }
                return lower + (bound - lower) * (total * share - below) / (count - below)
            }
            (lower, below) = (bound, count)
        }
        return lower
    }
}
