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
/// an unknown one with 404; `HEAD` goes to `GET`'s handler, `OPTIONS` is answered with `Allow`. What handlers and
/// middlewares throw becomes a response, which ``onFailure(_:)`` may shape.
public struct HTTPRouter: Sendable {
    /// Answers a request.
    public typealias Handler = @Sendable (_ request: HTTPRequest) async throws -> HTTPResponse

    /// Stands around every handler, and around 404 and 405 too. What stands inside never throws to it: errors are
    /// responses already.
    public typealias Middleware = @Sendable (_ request: HTTPRequest, _ next: Handler) async throws -> HTTPResponse

    /// Makes an error into a response, at once and without throwing.
    public typealias FailureResponder = @Sendable (_ error: any Error, _ request: HTTPRequest) -> HTTPResponse

    private var routes: [HTTPRoute] = []
    private var middlewares: [Middleware] = []
    private var failureResponder: FailureResponder = { error, _ in
        let error = HTTPError(describing: error)
        return .error(error.status, error.message)
    }

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

    /// The routes, to be compared with a description of them.
    public var endpoints: [(method: String, pattern: String)] { routes.map { ($0.method, $0.pattern) } }

    /// Puts a middleware around all routes; the first one added is the outermost.
    public mutating func use(_ middleware: @escaping Middleware) { middlewares.append(middleware) }

    /// Shapes all responses to errors: to those that handlers and middlewares throw, and to what the server refuses
    /// before any of them sees it (a body over the limit, a target that is not valid, a handler whose time is up).
    ///
    /// Unless set, the response is a JSON object with one member, `error`. The fields of ``HTTPError/headers`` are
    /// added to what the closure makes.
    public mutating func onFailure(_ responder: @escaping FailureResponder) { failureResponder = responder }

    /// Answers a request: for servers, and for tests without one.
    ///
    /// - Parameter report: Hears of unexpected errors: those answered with 500 or above that are neither an ``HTTPError``
    ///   nor a cancellation.
    public func respond(
        to request: HTTPRequest, report: @escaping @Sendable (any Error) -> Void = { _ in }
    ) async -> HTTPResponse {
        var request = request
        var handler = catching(route(&request), report)
        for middleware in middlewares.reversed() {
            let next = handler
            handler = catching({ request in try await middleware(request, next) }, report)
        }
        return await handler(request)
    }

    /// The response to an error.
    func response(to error: any Error, _ request: HTTPRequest) -> HTTPResponse {
        var response = failureResponder(error, request)
        for field in (error as? HTTPError)?.headers.fields ?? [] { response.headers.add(field.name, field.value) }
        return response
    }

    private func catching(
        _ handler: @escaping Handler, _ report: @escaping @Sendable (any Error) -> Void
    ) -> @Sendable (HTTPRequest) async -> HTTPResponse {
        { request in
            do { return try await handler(request) } catch {
                let response = response(to: error, request)
                let isExpected = error is HTTPError || error is CancellationError
                if response.status.rawValue >= 500, !isExpected { report(error) }
                return response
            }
        }
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
