import LibPQ
import OutboxGraphQL
import OutboxHTTP

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
        try await tellingClients {
            try await pool.withConnection { try await body(ReadModel(session: $0, tenantID: tenantID)) }
        }
    }

    /// Reads by several statements that see the same state.
    func readSnapshot<Value: Sendable>(_ body: (ReadModel) async throws -> Value) async throws -> Value {
        try await tellingClients {
            try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) {
                try await body(ReadModel(session: $0, tenantID: tenantID))
            }
        }
    }

    /// Reads from the cache, where it has the answer.
    func readCached<Value: Sendable>(_ body: (CachedQueries) async throws -> Value) async throws -> Value {
        try await tellingClients { try await body(queries) }
    }

    /// Tells clients what is theirs to mend, or to try again.
    private func tellingClients<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PQError where error.sqlState == "22021" {
            // PostgreSQL has no character U+0000: who asks for it has made a mistake, and the service has not.
            throw GraphQLError(.variables, "a text must not contain the character U+0000")
        } catch let error as PQError {
            let told = ServiceError(describing: error)
            guard told.status == .serviceUnavailable else { throw error }
            throw GraphQLError(.unavailable, told.message)
        }
    }
}

extension GraphQLError.Code {
    /// It may be answered later.
    static let unavailable = GraphQLError.Code(rawValue: "UNAVAILABLE")
    /// The read model has not come as far as the request wants.
    static let minimumSequence = GraphQLError.Code(rawValue: "MIN_SEQUENCE_TIMEOUT")
}
