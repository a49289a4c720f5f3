/// How much a request may ask for. What goes beyond is refused with an error that names the limit.
public struct GraphQLLimits: Sendable, Equatable {
    /// Of the document's text in UTF-8.
    public var documentBytes: Int
    /// Names, numbers, strings and signs in the document.
    public var tokens: Int
    /// Braces and brackets within each other, in the document and in variables.
    public var nesting: Int
    /// Fields within each other, fragments put in their places.
    public var depth: Int
    /// Fields in one operation, fragments put in their places, counted as often as they are used.
    public var fields: Int
    /// Fields with an alias, counted in the same way.
    public var aliases: Int
    /// Values in the answer.
    public var resultValues: Int

    public init(
        documentBytes: Int = 65_536, tokens: Int = 5_000, nesting: Int = 64, depth: Int = 16, fields: Int = 1_000,
        aliases: Int = 50, resultValues: Int = 200_000
    ) {
        self.documentBytes = documentBytes
        self.tokens = tokens
        self.nesting = nesting
        self.depth = depth
        self.fields = fields
        self.aliases = aliases
        self.resultValues = resultValues
    }
}
