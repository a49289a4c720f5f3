public import OutboxGraphQL
import FoundationEssentials

/// What graphql-core says about a document: a line of `graphql_core.py`.
public struct DocumentVerdict: Sendable, Decodable {
    public let document: String
    private let syntax: [Int]?
    private let invalid: [[Int]]?
    private let conflict: [[Int]]?
    private let data: String?

    /// - Throws: when the line is not what the script writes.
    public init(json line: String) throws {
        self = try JSONDecoder().decode(DocumentVerdict.self, from: Data(line.utf8))
    }

    /// How our verdict differs, for the message of a test; `nil` when it does not.
    ///
    /// - Parameter conflictsExactly: whether all places of a conflict must be the same, rather than one of them:
    ///   which of several conflicts that hang together are told is each implementation's own choice.
    public func difference(
        from schema: GraphQLSchema<Library.Context>, conflictsExactly: Bool
    ) async -> String? {
        let errors = schema.validate(document)
        let places = Set(errors.flatMap(\.locations).map { [$0.line, $0.column] })
        let expected = Set(syntax.map { [$0] } ?? invalid ?? conflict ?? [])
        let isSame = conflict == nil || conflictsExactly ? places == expected : !places.isDisjoint(with: expected)
        guard isSame, (errors.first?.code == .syntax) == (syntax != nil), errors.isEmpty == expected.isEmpty else {
            let messages = errors.map { "\($0.message) \($0.locations.map { "\($0.line):\($0.column)" })" }
            return
                "\(document)\nexpected errors at \(expected.sorted { $0.lexicographicallyPrecedes($1) }), got \(messages)"
        }
        guard let data else { return nil }
        let answer = await schema.execute(GraphQLRequest(query: document), context: Library.context)
        let text = answer.data.map { String(decoding: $0.serialized(), as: UTF8.self) }
        return text == data ? nil : "\(document)\nexpected \(data), got \(text ?? "nothing")"
    }
}
