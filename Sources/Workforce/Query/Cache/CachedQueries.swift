import FoundationEssentials
import IdempotentConsumer
public import LibPQ
public import OutboxTelemetry
public import QueryCache

/// Answers from the query cache, and from the read model where the cache has none.
///
/// What had to be computed is stored, guarded by the version that it was computed from. A cache that fails is passed
/// over: it costs time and no answer. Give it a ``/QueryCache/BoundedQueryCache``, or a hanging one costs all the time
/// there is.
public struct CachedQueries: Sendable {
    /// How long an answer is given at most; what changes it refreshes it before.
    public static let timeToLive = Duration.seconds(120)

    private let pool: PQPool
    private let cache: any QueryCache
    private let logger: Logger

    /// - Parameters:
    ///   - pool: of the query database.
    ///   - cache: what the consumer refreshes.
    public init(pool: PQPool, cache: any QueryCache, logger: Logger = Logger(label: "workforce.query")) {
        self.pool = pool
        self.cache = cache
        self.logger = logger
    }

    /// A position with its assignments; `nil` when it is unknown or deleted.
    ///
    /// - Parameter isFresh: whether the answer must come from the read model as it is now.
    /// - Throws: `PQError` when the answer has to be computed and can't be.
    public func position(code: String, tenantID: String, isFresh: Bool = false) async throws -> PositionAnswer? {
        try await answer(.position(TenantKey(tenantID: tenantID, code: code)), isFresh: isFresh) { session in
            try await ReadModel(session: session, tenantID: tenantID).position(code: code)
        }
    }

    /// How many assignments a position has; `nil` when nothing is known of it.
    ///
    /// - Parameter isFresh: whether the answer must come from the read model as it is now.
    /// - Throws: `PQError` when the answer has to be computed and can't be.
    public func assignmentStats(
        positionCode code: String, tenantID: String, isFresh: Bool = false
    ) async throws -> AssignmentStatsAnswer? {
        try await answer(.assignmentStats(TenantKey(tenantID: tenantID, code: code)), isFresh: isFresh) { session in
            try await ReadModel(session: session, tenantID: tenantID).assignmentStats(positionCode: code)
        }
    }

    private func answer<Answer: Codable & Sendable>(
        _ key: WorkforceCacheKey, isFresh: Bool, compute: (any PQSession) async throws -> Answer?
    ) async throws -> Answer? {
        guard let key = key.text else { return try await pool.withConnection { try await compute($0) } }
        if !isFresh, let answer: Answer = await cached(key) { return answer }
        let (version, answer) = try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) {
            transaction in
            (
                try await IdempotentConsumer.cacheVersions(of: [key], in: transaction)[key],
                try await compute(transaction)
            )
        }
        if let version, let answer { await store(answer, key, version) }
        return answer
    }

    private func cached<Answer: Decodable>(_ key: String) async -> Answer? {
        do {
            return try await cache.answer(for: key).map { try AnswerCoding.decode($0.value) }
        } catch {
            passedOver(error)
            return nil
        }
    }

    private func store(_ answer: some Encodable, _ key: String, _ version: Int64) async {
        do {
            _ = try await cache.store([
                QueryCacheEntry(key: key, value: try AnswerCoding.encode(answer), version: version)
            ])
        } catch {
            passedOver(error)
        }
    }

    private func passedOver(_ error: any Error) {
        logger.debug("the query cache was passed over", metadata: ["error": "\(error)"])
    }
}
