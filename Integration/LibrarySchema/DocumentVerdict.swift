public import OutboxGraphQL
import FoundationEssentials

/// What graphql-core says about a document: a line of `graphql_core.py`.
public struct DocumentVerdict: Sendable, Decodable {
    public let document: String
    private let syntax: [Int]?
    private let invalid: [[Int]]?
    private let data: String?

    /// - Throws: when the line is not what the script writes.
    public init(json line: String) throws {
        self = try JSONDecoder().decode(DocumentVerdict.self, from: Data(line.utf8))
    }

    /// How our verdict differs, for the message of a test; `nil` when it does not.
    public func difference(from schema: GraphQLSchema<Library.Context>) async -> String? {
        let errors = schema.validate(document)
        let places = Set(errors.flatMap(\.locations).map { [$0.line, $0.column] })
        let expected = syntax.map { [$0] } ?? invalid ?? []
        let isSyntax = errors.first?.code == .syntax
        guard places == Set(expected), isSyntax == (syntax != nil), errors.isEmpty == expected.isEmpty else {
            let messages = errors.map { "\($0.message) \($0.locations.map { "\($0.line):\($0.column)" })" }
            return
                "\(document)\nexpected \(syntax == nil ? "errors" : "a syntax error") at \(expected), got \(messages)"
        }
        guard let data else { return nil }
        let answer = await schema.execute(GraphQLRequest(query: document), context: Library.context)
        let text = answer.data.map { String(decoding: $0.serialized(), as: UTF8.self) }
        return text == data ? nil : "\(document)\nexpected \(data), got \(text ?? "nothing")"
    }
}
