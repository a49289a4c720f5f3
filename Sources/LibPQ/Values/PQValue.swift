/// A Swift type that stands for a PostgreSQL type.
public protocol PQValue: Sendable {
    /// The type that the server is told for a parameter, and that a value read from COPY is taken to have.
    static var postgresType: PQType { get }
}

extension Optional: PQValue where Wrapped: PQValue {
    /// The type of what is wrapped.
    public static var postgresType: PQType { Wrapped.postgresType }
}

extension Array: PQValue where Element: PQArrayElement {
    /// The array type of its elements.
    public static var postgresType: PQType { Element.postgresArrayType }
}
