public import LibPQ

/// Turns events into the rows of a read model.
///
/// The consumer calls it in the transaction that also records the events in the inbox and moves the partition's offset:
/// each event takes effect once, and all of it or nothing.
public protocol Projection: Sendable {
    /// Names the projection in logs, metrics and `outbox_cache_keys`; must not change as long as its rows are kept.
    var name: String { get }

    /// The event types that ``apply(_:in:)`` gets. An event that no projection of the consumer asks for is counted and
    /// skipped.
    var eventTypes: Set<String> { get }

    /// Applies events.
    ///
    /// It can be called again for the same events after the transaction was rolled back, so it must have no effects
    /// outside the transaction. `TraceContext.current` is the events' trace where they share one;
    /// each event carries its own.
    ///
    /// - Parameters:
    ///   - events: new ones only, never empty, of one partition and in its order. Each aggregate's are in the order of
    ///     their sequence; of different aggregates nothing is promised.
    ///   - transaction: to write with.
    /// - Throws: what makes the events fail. The consumer then finds out which one it is, applies the others, and puts
    ///   that one's aggregate on hold. An error that is no event's fault (a lost connection, a deadlock, a missing
    ///   table, or any ``TransientError``) makes it wait and try all of them again, for ever.
    func apply(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws

    /// The keys of the cached answers that an event changes. They are computed before the event takes effect, from
    /// nothing but the event.
    ///
    /// - Returns: keys that no other projection uses; empty for none.
    func cacheKeys(touchedBy event: ReceivedEvent) -> [String]

    /// Computes answers from the read model.
    ///
    /// - Parameters:
    ///   - keys: what ``cacheKeys(touchedBy:)`` returned, each once.
    ///   - session: reads one snapshot of the database, and can't write.
    /// - Returns: JSON text by key. A key without one has no answer (any more) and is removed from the cache.
    func answers(for keys: [String], in session: any PQSession) async throws -> [String: [UInt8]]
}

extension Projection {
    /// No cached answers.
    public func cacheKeys(touchedBy event: ReceivedEvent) -> [String] { [] }

    /// No cached answers.
    public func answers(for keys: [String], in session: any PQSession) async throws -> [String: [UInt8]] { [:] }
}
