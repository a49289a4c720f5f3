import Foundation
import LibrarySchema
import OutboxGraphQL
import Testing

@Suite("documents")
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    /// The documents and verdicts are kept up to date with `Integration/GraphQLCore/graphql_core.py`.
    @Test("hundreds of documents, good and bad, are judged as graphql-core judges them")
    func corpus() async throws {
        let text = try String(contentsOf: Self.folder.appending(path: "documents.jsonl"), encoding: .utf8)
        let verdicts = try text.split(separator: "\n").map { try DocumentVerdict(json: String($0)) }
        #expect(verdicts.count > 500)
        // The documents are about grammar and validation: their size is another test's.
        let schema = try Library.schema(limits: GraphQLLimits(depth: 100, aliases: 1000))
        for verdict in verdicts {
            let difference = await verdict.difference(from: schema, conflictsExactly: true)
            #expect(difference == nil)
        }
    }

    @Test("the printed schema is the one that the documents were judged with")
    func schema() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "library.graphql"), encoding: .utf8)
        #expect(try Library.schema().text == text)
    }
}
