import LibPQ

/// What the schema's resolvers need for one request.
struct QueryContext: Sendable {
    let pool: PQPool
    let queries: CachedQueries
    /// Nobody else's data is ever read.
    let tenantID: String
    /// Whether the caller has waited for a write, which the cache may not know yet.
    let isFresh: Bool

    /// Reads by one statement.
    func read<Value: Sendable>(_ body: (ReadModel) async throws -> Value) async throws -> Value {
        try await pool.withConnection { try await body(ReadModel(session: $0, tenantID: tenantID)) }
    }

    /// Reads by several statements that see the same state.
    func readSnapshot<Value: Sendable>(_ body: (ReadModel) async throws -> Value) async throws -> Value {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) {
            try await body(ReadModel(session: $0, tenantID: tenantID))
        }
    }
}
