/// Finds a request's handler by method and path.
///
/// ```swift
/// var router = HTTPRouter()
/// router.get("/positions/{code}") { request in
///     let code = try request.parameter("code")
///     return try .json(encoding: await positions.find(code))
/// }
/// ```
///
/// Literal segments win over parameters. A path that is known under other methods is answered with 405 and `Allow`,
/// an unknown one with 404; `HEAD` goes to `GET`'s handler, `OPTIONS` is answered with `Allow`.
public struct HTTPRouter: Sendable {
    /// Answers a request.
    public typealias Handler = @Sendable (_ request: HTTPRequest) async throws -> HTTPResponse

    /// Stands around every handler, and around 404 and 405 too.
    public typealias Middleware = @Sendable (_ request: HTTPRequest, _ next: Handler) async throws -> HTTPResponse

    private var routes: [HTTPRoute] = []
    private var middlewares: [Middleware] = []

    /// Makes a router without routes.
    public init() {}

    /// Adds a route, or replaces the one of the same method and pattern.
    ///
    /// - Parameters:
    ///   - method: In upper case.
    ///   - pattern: Literal segments and parameters: `/positions/{code}`.
    ///   - handler: Answers the request; is cancelled when its time is up or the server stops.
    public mutating func on(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
        let route = HTTPRoute(method: method, pattern: pattern, handler: handler)
        routes.removeAll { $0.method == method && $0.segments == route.segments }
        routes.append(route)
    }

    /// Adds a route for `GET` and `HEAD`.
    public mutating func get(_ pattern: String, _ handler: @escaping Handler) { on("GET", pattern, handler) }

    /// Adds a route for `POST`.
    public mutating func post(_ pattern: String, _ handler: @escaping Handler) { on("POST", pattern, handler) }

    /// Adds a route for `PUT`.
    public mutating func put(_ pattern: String, _ handler: @escaping Handler) { on("PUT", pattern, handler) }

    /// Adds a route for `PATCH`.
    public mutating func patch(_ pattern: String, _ handler: @escaping Handler) { on("PATCH", pattern, handler) }

    /// Adds a route for `DELETE`.
    public mutating func delete(_ pattern: String, _ handler: @escaping Handler) { on("DELETE", pattern, handler) }

    /// Puts a middleware around all routes; the first one added is the outermost.
    public mutating func use(_ middleware: @escaping Middleware) { middlewares.append(middleware) }

    /// Answers a request: for servers, and for tests without one.
    ///
    /// - Throws: What handler and middleware throw, and ``HTTPError`` with status 404 or 405.
    public func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        var request = request
        var handler = route(&request)
        for middleware in middlewares.reversed() {
            let next = handler
            handler = { request in try await middleware(request, next) }
        }
        return try await handler(request)
    }

    private func route(_ request: inout HTTPRequest) -> Handler {
        let matching = routes.filter { $0.matches(request.pathSegments) }
        let allowed = Set(matching.map(\.method))
        let method = request.method == "HEAD" && !allowed.contains("HEAD") ? "GET" : request.method
        if let route = matching.filter({ $0.method == method }).max(by: { $0.isLessSpecific(than: $1) }) {
            request.pathParameters = route.parameters(of: request.pathSegments)
            request.routePattern = route.pattern
            return route.handler
        }
        let allow = Self.allowText(allowed)
        if request.method == "OPTIONS", !allowed.isEmpty || request.target == "*" {
            return { _ in HTTPResponse(.noContent, headers: ["Allow": allow]) }
        }
        guard !allowed.isEmpty else { return { _ in throw HTTPError(.notFound, "There is nothing at this path.") } }
        return { _ in
            throw HTTPError(.methodNotAllowed, "Use one of: \(allow).", headers: ["Allow": allow])
        }
    }

    private static func allowText(_ methods: Set<String>) -> String {
        var all = methods.union(["OPTIONS"])
        if all.contains("GET") { all.insert("HEAD") }
        return all.sorted().joined(separator: ", ")
    }
}
