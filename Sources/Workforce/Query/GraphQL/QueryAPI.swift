import FoundationEssentials
public import LibPQ
import OutboxGraphQL
public import OutboxHTTP
public import OutboxTelemetry
public import QueryCache

/// The query service over HTTP: `POST /graphql`, a page at `/` to try queries on, and the schema as text at
/// `/schema.graphql`.
///
/// ```swift
/// var router = HTTPRouter()
/// router.addServiceLayers(access: access)
/// try QueryAPI(pool: pool, cache: cache).addRoutes(to: &router)
/// ```
///
/// A request is answered for its caller's tenant; so it needs ``AccessControl`` around it. `X-Min-Sequence:
/// <aggregate id>=<sequence>`, several of them separated by commas, makes a request wait until the read model has
/// applied that much; after the time for that it is answered with 504, and with what was reached.
///
/// A request that is refused as a whole is answered with 400 and GraphQL's `errors`; errors of single fields stand in a
/// 200 beside the others' data.
public struct QueryAPI: Sendable {
    /// Asks for what one has written.
    public static let minimumSequenceHeader = "X-Min-Sequence"

    private let schema: GraphQLSchema<QueryContext>
    private let pool: PQPool
    private let queries: CachedQueries
    private let sequenceWait: SequenceWait
    private let metrics: QueryMetrics
    private let logger: Logger

    /// - Parameters:
    ///   - pool: of the query database; takes a connection for each field that reads.
    ///   - cache: what the consumer refreshes.
    ///   - minimumSequenceTimeout: the longest wait for the read model.
    /// - Throws: `GraphQLSchemaError` when the schema is wrong, which depends on nothing from outside.
    public init(
        pool: PQPool, cache: any QueryCache, minimumSequenceTimeout: Duration = .seconds(5),
        metrics: MetricsRegistry = .shared, logger: Logger = Logger(label: "workforce.query")
    ) throws {
        schema = try GraphQLSchema(query: QueryRoot.graphQL)
        self.pool = pool
        queries = CachedQueries(pool: pool, cache: cache, logger: logger)
        sequenceWait = SequenceWait(pool: pool, timeout: minimumSequenceTimeout)
        self.metrics = QueryMetrics(registry: metrics)
        self.logger = logger
    }

    /// Adds the routes.
    public func addRoutes(to router: inout HTTPRouter) {
        router.get("/") { _ in QueryPage.response() }
        router.get("/schema.graphql") { [schema] _ in .text(schema.text) }
        router.post("/graphql") { request in try await answer(to: request, caller: try request.caller()) }
    }

    private func answer(to request: HTTPRequest, caller: Caller) async throws -> HTTPResponse {
        let response: GraphQLResponse
        let status: HTTPStatus
        do {
            let query = try GraphQLRequest(request)
            let minimums = try Self.minimums(of: request)
            if !minimums.isEmpty { try await wait(for: minimums, caller) }
            let context = QueryContext(
                pool: pool, queries: queries, tenantID: caller.tenantID, isFresh: !minimums.isEmpty)
            response = await schema.execute(query, context: context) { error, path in
                logger.error(
                    "a field could not be answered",
                    metadata: [
                        "path": .string(path.map(Self.name).joined(separator: ".")), "error": "\(error)",
                        "request_id": .string(request.identity.requestID),
                    ])
            }
            status = response.status
        } catch let error as GraphQLError {
            response = GraphQLResponse(data: nil, errors: [error])
            status = response.status
        } catch let error as SequenceTimeout {
            response = GraphQLResponse(data: nil, errors: [error.graphQLError])
            status = .gatewayTimeout
        }
        return .bytes(response.serialized(), contentType: Self.mediaType(for: request), status: status)
    }

    private func wait(for minimums: [MinimumSequence], _ caller: Caller) async throws {
        let start = ContinuousClock.now
        defer { metrics.waited(ContinuousClock.now - start) }
        try await sequenceWait.wait(for: minimums, tenantID: caller.tenantID)
    }

    private static func minimums(of request: HTTPRequest) throws(GraphQLError) -> [MinimumSequence] {
        let values = request.headers.values(minimumSequenceHeader)
        guard !values.isEmpty else { return [] }
        guard let minimums = MinimumSequence.list(values.joined(separator: ",")) else {
            throw GraphQLError(
                .request,
                "\(minimumSequenceHeader) is not a list of at most \(MinimumSequence.maximumCount) items like P1000033=12"
            )
        }
        return minimums
    }

    private static func name(_ step: GraphQLError.PathElement) -> String {
        switch step {
        case .field(let name): name
        case .index(let index): String(index)
        }
    }

    /// As GraphQL over HTTP has it: the new type for who knows it, and the old one for all others.
    private static func mediaType(for request: HTTPRequest) -> String {
        let new = "application/graphql-response+json"
        let accepts = request.headers.values("Accept").contains { $0.lowercased().contains(new) }
        return accepts ? "\(new); charset=utf-8" : "application/json; charset=utf-8"
    }
}
