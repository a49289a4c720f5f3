/// A schema that contradicts itself: a mistake of who wrote it, found when it is built.
public struct GraphQLSchemaError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and where in the schema.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    public var description: String {
        "GraphQLSchemaError: \(message)"
    }
}
