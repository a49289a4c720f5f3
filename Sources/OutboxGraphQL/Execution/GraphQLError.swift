/// An error as a client sees it. A resolver throws one to tell the client something; any other error that it throws
/// is told as an internal error.
public struct GraphQLError: Error, Sendable, Equatable {
    /// The kind of error, sent as `extensions.code`. A service may add its own.
    public struct Code: Sendable, Hashable, RawRepresentable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The request is not what GraphQL over HTTP asks for.
        public static let request = Code(rawValue: "BAD_REQUEST")
        /// The document does not follow the grammar.
        public static let syntax = Code(rawValue: "GRAPHQL_PARSE_FAILED")
        /// The document does not fit the schema.
        public static let validation = Code(rawValue: "GRAPHQL_VALIDATION_FAILED")
        /// The document, or its answer, is larger than ``GraphQLLimits`` allow.
        public static let limit = Code(rawValue: "LIMIT_EXCEEDED")
        /// There is no such operation, or it is not a query.
        public static let operation = Code(rawValue: "OPERATION_RESOLUTION_FAILURE")
        /// A variable is missing or of another type.
        public static let variables = Code(rawValue: "BAD_USER_INPUT")
        /// The request was given up before it was answered.
        public static let cancelled = Code(rawValue: "CANCELLED")
        /// Not the client's fault.
        public static let internalError = Code(rawValue: "INTERNAL_SERVER_ERROR")
    }

    /// A place in the document; both count from 1.
    public struct Location: Sendable, Hashable {
        public var line: Int
        /// In Unicode scalars.
        public var column: Int

        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    /// A step from the answer's root to the field: a response name or a list's index.
    public enum PathElement: Sendable, Hashable {
        case field(String)
        case index(Int)
    }

    public var code: Code
    /// Says what is wrong and what would be right.
    public var message: String
    /// Where in the document.
    public var locations: [Location]
    /// Which field of the answer; empty where none is meant.
    public var path: [PathElement]
    /// More for the client, beside the code.
    public var extensions: [GraphQLValue.Member]

    public init(
        _ code: Code, _ message: String, locations: [Location] = [], path: [PathElement] = [],
        extensions: [GraphQLValue.Member] = []
    ) {
        self.code = code
        self.message = message
        self.locations = locations
        self.path = path
        self.extensions = extensions
    }
}
