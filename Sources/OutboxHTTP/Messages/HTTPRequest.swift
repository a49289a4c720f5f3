#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import OutboxTelemetry

/// A whole request, body and all.
public struct HTTPRequest: Sendable {
    /// Tells this request from all others.
    public let id = UUID()
    /// The method, in upper case: `GET`.
    public var method: String
    /// The target as sent, with its query, percent-encoded.
    public var target: String
    /// The decoded segments of the path.
    public var pathSegments: [String]
    /// The query's items in their order, decoded.
    public var queryItems: [QueryItem]
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body, within ``HTTPServerLimits/maximumBodyBytes``.
    public var body: [UInt8]
    /// What the route's `{name}` segments stood for, decoded.
    public var pathParameters: [String: String] = [:]
    /// The pattern of the route that was found, for metrics: `/positions/{code}`.
    public var routePattern: String?
    /// The client's numeric address, without port.
    public var clientAddress: String
    /// The trace that the client sent in `traceparent`, or a new one. It is ``TraceContext/current`` in the handler.
    public var trace: TraceContext
    /// What middlewares found out about the request.
    public var context = HTTPContext()

    /// An item of the query.
    public struct QueryItem: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The value; empty where there is no `=`.
        public var value: String
    }

    /// Makes a request, for testing handlers without a server.
    ///
    /// - Throws: ``HTTPError`` with status 400 if the target is not valid.
    public init(
        method: String = "GET", target: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        clientAddress: String = "127.0.0.1"
    ) throws(HTTPError) {
        self.init(
            method: method, target: target, parsed: try RequestTarget(target), headers: headers, body: body,
            clientAddress: clientAddress)
    }

    init(
        method: String, target: String, parsed: RequestTarget, headers: HTTPHeaders, body: [UInt8] = [],
        clientAddress: String
    ) {
        self.method = method
        self.target = target
        self.pathSegments = parsed.segments
        self.queryItems = parsed.queryItems
        self.headers = headers
        self.body = body
        self.clientAddress = clientAddress
        self.trace =
            headers["traceparent"].flatMap {
                TraceContext(traceparent: $0, tracestate: headers.values("tracestate").joined(separator: ","))
            }?.child() ?? .generate()
    }

    /// The first value of a query item.
    public func query(_ name: String) -> String? { queryItems.first { $0.name == name }?.value }

    /// What a `{name}` segment of the route stood for.
    ///
    /// - Throws: ``HTTPError`` with status 404 if the route has no such segment.
    public func parameter(_ name: String) throws(HTTPError) -> String {
        guard let value = pathParameters[name] else {
            throw HTTPError(.notFound, "The path has no parameter \"\(name)\".")
        }
        return value
    }

    /// Decodes the body as JSON.
    ///
    /// - Throws: ``HTTPError`` with status 415 if the body is declared as something else, 400 if it is not what was
    ///   asked for; the message names the place, never the content.
    public func decodeJSON<Value: Decodable>(
        _ type: Value.Type = Value.self, using decoder: JSONDecoder = JSONDecoder()
    ) throws(HTTPError) -> Value {
        if let contentType = headers["Content-Type"], !Self.isJSON(contentType) {
            throw HTTPError(.unsupportedMediaType, "Send the body as application/json.")
        }
        do {
            return try decoder.decode(type, from: Data(body))
        } catch let error as DecodingError {
            throw HTTPError(.badRequest, Self.describe(error))
        } catch {
            throw HTTPError(.badRequest, "The body is not valid JSON.")
        }
    }

    /// Whether a media type is `application/json` or another that ends in `+json`.
    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.lowercased().prefix { $0 != ";" && $0 != " " }
        return type == "application/json" || (type.contains("/") && type.hasSuffix("+json"))
    }

    private static func describe(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + (last.map { [$0] } ?? [])).map { $0.intValue.map(String.init) ?? $0.stringValue }
                .joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return "\"\(path(context, key))\" is missing."
        case .valueNotFound(let type, let context): return "\"\(path(context))\" is null, expected \(type)."
        case .typeMismatch(let type, let context): return "\"\(path(context))\" is not of type \(type)."
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\"\(path(context))\" is not valid."
        default: return "The body is not valid JSON."
        }
    }
}
