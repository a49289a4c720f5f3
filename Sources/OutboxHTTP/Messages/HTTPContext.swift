/// Values that middlewares hand on to handlers, one of each type.
///
/// ```swift
/// router.use { request, next in
///     var request = request
///     request.context[Caller.self] = try caller(of: request)
///     return try await next(request)
/// }
/// router.get("/positions") { request in try list(for: request.context[Caller.self]) }
/// ```
public struct HTTPContext: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    /// Makes a context without values.
    public init() {}

    /// The value of a type; nil where none was set.
    public subscript<Value: Sendable>(type: Value.Type) -> Value? {
        get { values[ObjectIdentifier(type)] as? Value }
        set { values[ObjectIdentifier(type)] = newValue }
    }
}
