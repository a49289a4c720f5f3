import FoundationEssentials
public import LibPQ
import Outbox
public import OutboxTelemetry

/// Publishes events again that were published before, from the rows that retention has kept.
///
/// They go to the same topics with the same key, value and headers, and two more: `replay_id`, which all events of a
/// replay share, and `replayed_at`, when it began. An aggregate's events keep their order. An event that was not published yet
/// is never sent, because that would be ahead of the dispatcher; dispatchers may run meanwhile.
///
/// ```swift
/// var selection = ReplaySelection()
/// selection.aggregates = [.init(type: "position", id: "P1000033")]
/// let plan = try await replay.plan(selection)
/// let result = try await replay.run(plan, actor: "ada", reason: "read model restored from a backup")
/// ```
///
/// By first occurrence, the order on a topic stays as it was, and whoever dedupes on the event's id notices nothing.
/// Whoever does not sees old events after newer ones of the same aggregate, and must compare sequences.
public struct EventReplay: Sendable {
    let configuration: DispatcherConfiguration
    let pool: PQPool
    let logger: Logger

    /// Creates a replay; connects nowhere yet.
    ///
    /// - Parameters:
    ///   - configuration: the dispatcher's: brokers, topics and header style are taken from it.
    ///   - pool: the outbox's database; one connection is taken at a time.
    ///   - logger: what is written to.
    /// - Throws: ``DispatcherError/Code/invalidConfiguration``.
    public init(
        _ configuration: DispatcherConfiguration, pool: PQPool, logger: Logger = Logger(label: "outbox.replay")
    ) throws(DispatcherError) {
        try configuration.check()
        self.configuration = configuration
        self.pool = pool
        self.logger = logger
    }

    /// Counts what a replay would publish. Reads the rows once; sends nothing.
    ///
    /// - Throws: `PQError`.
    public func plan(_ selection: ReplaySelection) async throws -> ReplayPlan {
        let result = try await pool.withConnection { connection in
            try await connection.query(
                PQStatement(
                    unsafe: """
                        SELECT now(), aggregate_type, event_type, count(*) FILTER (WHERE published),
                            coalesce(sum(pg_column_size(payload)) FILTER (WHERE published), 0)::int8,
                            min(id) FILTER (WHERE published), max(id) FILTER (WHERE published),
                            min(published_at) FILTER (WHERE published), max(published_at) FILTER (WHERE published),
                            count(*) FILTER (WHERE NOT published)
                        FROM outbox_events WHERE \(ReplaySelection.condition)
                        GROUP BY aggregate_type, event_type ORDER BY aggregate_type, event_type
                        """, selection.parameters))
        }
        let lines = try result.rows.compactMap { row -> ReplayPlan.Line? in
            guard try row.decode(3, as: Int64.self) > 0 else { return nil }
            let aggregateType = try row.decode(1, as: String.self)
            return ReplayPlan.Line(
                aggregateType: aggregateType, eventType: try row.decode(2),
                topic: configuration.topicTemplate.topicName(for: aggregateType), events: try row.decode(3),
                bytes: try row.decode(4), firstSequence: try row.decode(5), lastSequence: try row.decode(6),
                firstPublishedAt: try row.decode(7), lastPublishedAt: try row.decode(8))
        }
        return ReplayPlan(
            selection: selection, plannedAt: try result.rowCount > 0 ? result[0].decode(0) : .now, lines: lines,
            unpublished: try result.rows.reduce(0) { $0 + (try $1.decode(9, as: Int64.self)) })
    }

    /// Sends a plan's events and waits until the broker has acknowledged them.
    ///
    /// A cancelled task stops it: what is in flight is waited for, and the result says where it stopped. When it began
    /// and how far it came is kept in `outbox_audit`, in one row.
    ///
    /// - Parameters:
    ///   - plan: what to send; the time that has passed since it was made does no harm.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    ///   - eventsPerSecond: the most events to send in a second, at least 1: consumers have other work as well.
    ///   - progress: called with how many more events have been acknowledged.
    /// - Returns: how far it came.
    /// - Throws: before anything is sent: `PQError` and `KafkaError` when a server can't be reached,
    ///   ``DispatcherError/Code/topic`` when a topic can't be used.
    public func run(
        _ plan: ReplayPlan, actor: String, reason: String, eventsPerSecond: Int = 1000,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> ReplayResult {
        let run = ReplayRun(self, plan: plan, eventsPerSecond: max(1, eventsPerSecond), progress: progress)
        // The work goes on when this task is cancelled: cancellation asks for an orderly stop.
        let work = Task { try await run.run(actor: actor, reason: reason) }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            run.stop()
        }
    }
}
