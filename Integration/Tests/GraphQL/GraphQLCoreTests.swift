import FoundationEssentials
import LibrarySchema
import Outbox
import OutboxGraphQL
import OutboxHTTP
import Servers
import Testing

@Suite("GraphQL against Python's graphql-core")
struct GraphQLCoreTests {
    private static let packages = ["graphql-core==3.2.14"]

    @Test("documents made at random get the same verdict", .requires(pythonPackages: packages))
    func verdicts() async throws {
        // The same documents every time, unless a seed is given.
        let seed = ProcessInfo.processInfo.environment["GRAPHQL_SEED"].flatMap(Int.init) ?? 1
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

    @Test("and the query service's schema, from what it answers", .requires(pythonPackages: packages))
    func queryService() async throws {
        let query = try await run(["introspection-query"])
        try await QueryWorld.run { world in
            let text = try await world.respond("GET", "/schema.graphql").bytes
            let (status, answer) = try await world.ask(query)
            #expect(status == .ok)
            let folder = try TemporaryFolder()
            try Data(answer.serialized()).write(to: URL(filePath: "\(folder.path)/answer"))
            let difference = try await run(
                ["introspected", "\(folder.path)/answer"], String(decoding: text, as: UTF8.self))
            #expect(difference == "")
        }
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
