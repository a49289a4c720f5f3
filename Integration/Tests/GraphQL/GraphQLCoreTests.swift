import FoundationEssentials
import LibrarySchema
import OutboxGraphQL
import Servers
import Testing

@Suite("GraphQL against Python's graphql-core")
struct GraphQLCoreTests {
    private static let packages = ["graphql-core==3.2.14"]

    @Test("documents made at random get the same verdict", .requires(pythonPackages: packages))
    func verdicts() async throws {
        let seed = Int.random(in: 0..<1_000_000)
        let schema = try Library.schema(limits: GraphQLLimits(depth: 100, aliases: 1000))
        let output = try await run(["generate", "\(seed)", "400"], schema.text)
        let verdicts = try output.split(separator: "\n").map { try DocumentVerdict(json: String($0)) }
        #expect(verdicts.count == 400)
        for verdict in verdicts {
            let difference = await verdict.difference(from: schema, conflictsExactly: false)
            #expect(difference == nil, "seed \(seed)")
        }
    }

    @Test("a foreign client makes the schema from what introspection tells", .requires(pythonPackages: packages))
    func introspection() async throws {
        let schema = try Library.schema()
        let query = try await run(["introspection-query"])
        let answer = await schema.execute(GraphQLRequest(query: query), context: Library.context)
        #expect(answer.errors == [])
        let folder = try TemporaryFolder()
        try Data(answer.serialized()).write(to: URL(filePath: "\(folder.path)/answer"))
        #expect(try await run(["introspected", "\(folder.path)/answer"], schema.text) == "")
    }

    /// What the script prints.
    ///
    /// - Parameter schema: the schema's text, if the command wants one.
    private func run(_ arguments: [String], _ schema: String? = nil) async throws -> String {
        let folder = try TemporaryFolder()
        var arguments = arguments
        if let schema {
            try Data(schema.utf8).write(to: URL(filePath: "\(folder.path)/schema"))
            arguments.insert("\(folder.path)/schema", at: 0)
        }
        let python = try await PythonEnvironment.with(Self.packages).interpreter()
        let script = "\(Checkout.path)/Integration/GraphQLCore/graphql_core.py"
        let process = try ChildProcess(python, ["-B", script] + arguments)
        try await process.waitForSuccess(within: .seconds(120))
        return process.output.text
    }
}
