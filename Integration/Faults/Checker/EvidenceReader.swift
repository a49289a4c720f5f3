import Foundation
import LibPQ
import LibRDKafka
import Servers

/// Collects the evidence at the end of a run, by ways of its own: SQL on the business's and the read model's tables, and
/// a plain Kafka consumer.
struct EvidenceReader {
    let scene: Scene

    private var world: World { scene.world }

    func read() async throws -> Evidence {
        var evidence = Evidence()
        try await readBusiness(&evidence)
        let planted = scene.poisons.planted
        evidence.discarded = Set(planted.filter { $0.isDiscarded && $0.isParked }.map(\.id))
        evidence.unapplied = Set(planted.filter { $0.isDiscarded && $0.isForConsumer }.map(\.id))
        evidence.deadLetterIDs = Set(planted.filter(\.isForConsumer).map(\.id))
        evidence.foreignKeys = scene.poisons.records
        try await TopicLog.readAll(world.broker.bootstrapServers, prefix: RunSettings.topic("")) { record in
            if record.topic.hasSuffix(".dlq") {
                evidence.deadLetters.append(record)
            } else {
                evidence.records.append(record)
            }
        }
        evidence.records.sort { ($0.topic, $0.partition, $0.offset) < ($1.topic, $1.partition, $1.offset) }
        try await readLedger(&evidence)
        return evidence
    }

    private func readBusiness(_ evidence: inout Evidence) async throws {
        let truth = scene.truth.now
        var last: Int64 = 0
        var transactions: Set<UUID> = []
        while true {
            let result = try await world.outbox.withConnection {
                try await $0.query(
                    """
                    SELECT place, event_id, transaction_id FROM business WHERE place > \(last) ORDER BY place LIMIT 20000
                    """)
            }
            guard result.rowCount > 0 else { break }
            for row in result.rows {
                let (place, id, transaction) = try row.decode((Int64, UUID, UUID).self)
                last = place
                evidence.business.insert(id)
                transactions.insert(transaction)
            }
        }
        evidence.committed = truth.committed
        evidence.acknowledged = Set(truth.committed.map(\.id))
        evidence.rolledBack = truth.rolledBack
        for uncertain in truth.uncertain {
            if transactions.contains(uncertain.transactionID) {
                evidence.committed += uncertain.events
            } else {
                evidence.rolledBack.formUnion(uncertain.events.map(\.id))
            }
        }
    }

    private func readLedger(_ evidence: inout Evidence) async throws {
        var last: Int64 = 0
        while true {
            let result = try await world.query.withConnection {
                try await $0.query(
                    """
                    SELECT place, event_id, aggregate_type, aggregate_id, extract(epoch FROM applied_at)::float8 * 1000
                    FROM ledger WHERE place > \(last) ORDER BY place LIMIT 20000
                    """)
            }
            guard result.rowCount > 0 else { break }
            for row in result.rows {
                let (place, id, type, aggregate, time) = try row.decode((Int64, UUID, String, String, Double).self)
                last = place
                evidence.applied.append(
                    AppliedEvent(eventID: id, aggregate: AggregateKey(type: type, id: aggregate), appliedAt: time))
            }
        }
        try await world.query.withConnection { connection in
            let totals = try await connection.query(
                "SELECT aggregate_type, aggregate_id, applied, last_sequence FROM ledger_totals")
            for row in totals.rows {
                let (type, id, applied, last) = try row.decode((String, String, Int64, Int64).self)
                evidence.totals[AggregateKey(type: type, id: id)] = AggregateTotal(applied: applied, lastSequence: last)
            }
            let cached = try await connection.query(
                """
                SELECT split_part(key, '/', 1), split_part(key, '/', 2), (value ->> 'applied')::int8,
                    (value ->> 'last')::int8
                FROM query_cache WHERE value IS NOT NULL
                """)
            for row in cached.rows {
                let (type, id, applied, last) = try row.decode((String, String, Int64, Int64).self)
                evidence.cached[AggregateKey(type: type, id: id)] = AggregateTotal(applied: applied, lastSequence: last)
            }
        }
    }
}
