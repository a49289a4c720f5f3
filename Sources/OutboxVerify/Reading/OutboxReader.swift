import FoundationEssentials
import LibPQ
import Outbox

/// Reads rows of the outbox; nothing is written, and a role that may only SELECT is enough.
struct OutboxReader {
    let pool: PQPool

    private typealias Row = (
        Int64, UUID, String, String, String, PQJSON, Bool, Int64?, Int32, Bool, Bool, Bool, Int64
    )

    private static let columns = """
        id, event_id, event_type, aggregate_type, aggregate_id, payload, published,
        floor(date_part('epoch', published_at) * 1000)::int8, retry_count, parked_at IS NOT NULL,
        retry_count = 0 AND available_at > created_at, available_at > now(),
        floor(date_part('epoch', created_at) * 1000)::int8
        """

    /// - Throws: ``VerifyError/Code/standby``, `PQError`.
    func check() async throws {
        let isStandby = try await pool.withConnection { connection in
            try await connection.query("SELECT pg_is_in_recovery()")[0].decode(0, as: Bool.self)
        }
        guard !isStandby else {
            throw VerifyError(
                .standby, "DATABASE_URL is a standby, which may lag behind what is on the topics: give the primary")
        }
    }

    /// Shows the rows of one snapshot to a pass.
    func readAll(into pass: Pass) async throws {
        // Numbers, so that COPY, which takes no parameters, can have them in its text.
        let margin = VerifyConfiguration.margin
        let since = pass.configuration.sinceMilliseconds.map { "created_at >= to_timestamp(\($0 - 2 * margin) / 1e3)" }
        let until = pass.configuration.untilMilliseconds.map { "created_at < to_timestamp(\($0 + margin) / 1e3)" }
        let query = """
            SELECT \(Self.columns) FROM outbox_events
            WHERE \([since, until].compactMap { $0 }.reduce("TRUE") { $0 + " AND " + $1 })
            """
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true, retries: 0) { transaction in
            let total = try await transaction.query(
                "SELECT greatest(reltuples, 0)::int8 FROM pg_class WHERE oid = 'outbox_events'::regclass")
            pass.progress(.began("outbox", total: Int(try total.int64(row: 0, column: 0))))
            try await transaction.copyOut(unsafe: query) { reader in
                var seen = 0
                while let row = try await reader.nextRow() {
                    show(try row.decode(Row.self), to: pass)
                    seen += 1
                    if seen % 2_000 == 0 {
                        try pass.checkMemory()
                        pass.progress(.advanced(by: 2_000))
                    }
                }
                pass.progress(.advanced(by: seen % 2_000))
            }
            pass.progress(.ended)
        }
    }

    private func show(_ row: Row, to pass: Pass) {
        if let types = pass.configuration.aggregateTypes, !types.contains(row.3) { return }
        let compared = compared(row, pass)
        if compared.state == .settled {
            let publishedAt = compared.publishedAt ?? .max
            pass.settledRows.count += 1
            pass.settledRows.lowestSequence = min(pass.settledRows.lowestSequence, compared.sequence)
            pass.settledRows.oldestPublishedAt = min(pass.settledRows.oldestPublishedAt, publishedAt)
            if compared.isInSpan { pass.lastPublishedAt = max(pass.lastPublishedAt ?? .min, compared.publishedAt ?? 0) }
        }
        if pass.owns(compared.aggregate) { pass.comparison.add(compared) }
    }

    private func compared(_ row: Row, _ pass: Pass) -> ComparedRow {
        let (id, eventID, eventType, type, aggregateID, payload, isPublished, publishedAt) = (
            row.0, row.1, row.2, row.3, row.4, row.5, row.6, row.7
        )
        let topic = pass.names.topic(pass.configuration.topicTemplate.uncheckedName(for: type))
        let state: ComparedRow.State =
            isPublished ? .settled : row.9 ? .parked : row.8 > 0 ? .held : row.11 ? .scheduled : .pending
        let createdAt = row.12
        return ComparedRow(
            eventID: eventID, sequence: id, state: state, isScheduled: row.10,
            isInSpan: createdAt >= pass.configuration.sinceMilliseconds ?? .min
                && createdAt < pass.configuration.untilMilliseconds ?? .max,
            createdAt: createdAt, publishedAt: publishedAt, topic: topic,
            aggregate: Hashes.aggregate(topic: topic, key: aggregateID),
            digest: Hashes.content(eventType: eventType, payload: payload.bytes))
    }

    /// Looks up the events that are still open, as they are now.
    ///
    /// - Returns: the database's time, in milliseconds since 1970.
    func resolveOpen(in pass: Pass, by judgement: Judgement) async throws -> Int64 {
        var batch: [UUID] = []
        for position in 0..<pass.comparison.eventCount {
            guard
                let id = pass.comparison.openEventID(position, by: judgement, settledRows: pass.settledRows)
            else { continue }
            batch.append(id)
            guard batch.count == 2_000 else { continue }
            try await resolve(batch, in: pass)
            batch = []
        }
        try await resolve(batch, in: pass)
        return try await pool.withConnection { connection in
            try await connection.query("SELECT floor(date_part('epoch', clock_timestamp()) * 1000)::int8")
                .int64(row: 0, column: 0)
        }
    }

    private func resolve(_ ids: [UUID], in pass: Pass) async throws {
        guard !ids.isEmpty else { return }
        try await pool.withConnection { connection in
            let rows = try await connection.query(
                "SELECT \(unsafe: Self.columns) FROM outbox_events WHERE event_id = ANY(\(ids))")
            var absent = Set(ids)
            for row in rows.rows {
                let compared = compared(try row.decode(Row.self), pass)
                absent.remove(compared.eventID)
                pass.comparison.resolve(compared)
            }
            guard !absent.isEmpty else { return }
            // After the rows: an event that is given up leaves them for the audit in one transaction.
            let discarded = try await connection.query(
                """
                SELECT event_id FROM outbox_audit
                WHERE action = 'parked.discard' AND event_id = ANY(\(Array(absent)))
                """)
            for row in discarded.rows {
                let id = try row.decode(0, as: UUID.self)
                absent.remove(id)
                pass.comparison.addDiscarded(id)
            }
            for id in absent { pass.comparison.resolveAbsence(of: id) }
        }
    }

    /// The aggregates of events, `type:id`, as far as there are rows.
    func aggregates(of ids: [UUID]) async throws -> [UUID: String] {
        guard !ids.isEmpty else { return [:] }
        return try await pool.withConnection { connection in
            let rows = try await connection.query(
                """
                SELECT event_id, aggregate_type || ':' || aggregate_id FROM outbox_events
                WHERE event_id = ANY(\(ids))
                """)
            return Dictionary(
                try rows.rows.map { try $0.decode((UUID, String).self) }, uniquingKeysWith: { first, _ in first })
        }
    }
}
