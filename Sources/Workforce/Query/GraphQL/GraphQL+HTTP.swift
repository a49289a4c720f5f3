import OutboxGraphQL
import OutboxHTTP

extension GraphQLRequest {
    /// Reads a request's body: `{"query": "…", "operationName": "…", "variables": {…}}`.
    init(_ request: HTTPRequest) throws {
        let contentType = request.headers["Content-Type"]?.split(separator: ";").first?.lowercased()
        guard contentType?.filter({ $0 != " " }) == "application/json" else {
            throw HTTPError(.unsupportedMediaType, "Send the query as application/json.")
        }
        try self.init(json: request.body)
    }
}

extension GraphQLResponse {
    /// Success where anything was answered at all; an error of the root's fields is no answer.
    var status: HTTPStatus {
        if let data, data != .null { return .ok }
        switch errors.first?.code {
        case .internalError?: return .internalServerError
        case .cancelled?, .unavailable?: return .serviceUnavailable
        default: return .badRequest
        }
    }
}

extension SequenceTimeout {
    var graphQLError: GraphQLError {
        let reached = progress.map { progress -> GraphQLValue in
            .object([
                .init("aggregateId", .string(progress.minimum.aggregateID)),
                .init("wanted", .integer(Int(progress.minimum.sequence))),
                .init("reached", progress.reached.map { .integer(Int($0)) } ?? .null),
            ])
        }
        return GraphQLError(
            .minimumSequence, description,
            extensions: [
                .init("reached", .list(reached)),
                .init("waitedMilliseconds", .integer(Int(waited / .milliseconds(1)))),
            ])
    }
}
