import LibrarySchema
import OutboxGraphQL
import Testing

@Suite("execution")
struct ExecutionTests {
    @Test(
        "a query gets what it asks for, in its order",
        arguments: [
            ("{ authors { name born } }", #"{"authors":[{"name":"Ada","born":1815},{"name":"Bo","born":null}]}"#),
            (
                #"{ b: book(id: 3) { title price genre published } }"#,
                #"{"b":{"title":"The \"End\"\n","price":20.0,"genre":"NOVEL","published":null}}"#
            ),
            (
                #"{ author(name: "Ada") { books(filter: {genre: POETRY}) { id author { name } } } }"#,
                #"{"author":{"books":[{"id":"2","author":{"name":"Ada"}}]}}"#
            ),
            ("{ add(first: 2) more: add(first: 2, second: 40) }", #"{"add":3,"more":42}"#),
            ("{ author(name: \"Nobody\") { name } }", #"{"author":null}"#),
            (
                "{ __typename authors { __typename } }",
                ##"{"__typename":"Query","authors":[{"__typename":"Author"},{"__typename":"Author"}]}"##
            ),
            (
                "{ ...F book(id: 1) { title } } fragment F on Query { book(id: 1) { id ... on Book { genre } } }",
                #"{"book":{"id":"1","genre":"ESSAY","title":"Notes"}}"#
            ),
            (
                "{ a: add(first: 1) @skip(if: true) b: add(first: 1) @include(if: false) c: add(first: 1) @include(if: true) }",
                #"{"c":2}"#
            ),
        ])
    func answers(query: String, data: String) async throws {
        #expect(try await Library.ask(query) == #"{"data":\#(data)}"#)
    }

    @Test("variables and their defaults reach the resolvers")
    func variables() async throws {
        let query = "query ($first: Int!, $second: Int = 5) { add(first: $first, second: $second) }"
        #expect(try await Library.ask(query, variables: ["first": 1]) == #"{"data":{"add":6}}"#)
        #expect(try await Library.ask(query, variables: ["first": 1, "second": 2]) == #"{"data":{"add":3}}"#)
        let filter = "query ($f: BookFilter) { author(name: \"Ada\") { books(filter: $f) { id } } }"
        #expect(
            try await Library.ask(filter, variables: ["f": ["genre": "ESSAY"]])
                == #"{"data":{"author":{"books":[{"id":"1"}]}}}"#)
    }

    @Test(
        "a variable that does not fit is named, with what would",
        arguments: [
            ([:], "variable $f: expected a value of type BookFilter!, found none"),
            (["f": nil], "variable $f: expected a value of type BookFilter!, found null"),
            (["f": ["genre": "COMIC"]], "variable $f.genre: expected a value of the enum Genre (NOVEL, POETRY, ESSAY)"),
            (["f": ["titles": ["a", 1]]], "variable $f.titles[1]: expected a string"),
            (["f": ["limit": 3_000_000_000]], "variable $f.limit: expected an integer of 32 bits"),
            (["f": ["color": "red"]], "variable $f: the type BookFilter has no field color"),
            (["f": ["not": [:]]], "variable $f.not.title: expected a value of type String!, found none"),
        ] as [([String: GraphQLValue], String)])
    func wrongVariables(variables: [String: GraphQLValue], message: String) async throws {
        let request = GraphQLRequest(
            query: "query ($f: BookFilter!) { author(name: \"Ada\") { books(filter: $f) { id } } }",
            variables: variables)
        let response = try await Library.schema().execute(request, context: Library.context)
        #expect(response.data == nil)
        #expect(response.errors.map(\.message) == [message])
        #expect(response.errors.first?.locations == [.init(line: 1, column: 8)])
    }

    @Test("an error makes its field null, or the nearest around it that may be, and does not leave the process")
    func nullPropagation() async throws {
        let failed = #""extensions":{"code":"INTERNAL_SERVER_ERROR"}"#
        #expect(
            try await Library.ask("{ author(name: \"Bo\") { name mayFail } }")
                == #"{"errors":[{"message":"this field could not be answered","locations":[{"line":1,"column":29}],"#
                + #""path":["author","mayFail"],\#(failed)}],"data":{"author":{"name":"Bo","mayFail":null}}}"#)
        #expect(
            try await Library.ask("{ author(name: \"Bo\") { name mustNotFail } }")
                == #"{"errors":[{"message":"this field could not be answered","locations":[{"line":1,"column":29}],"#
                + #""path":["author","mustNotFail"],\#(failed)}],"data":{"author":null}}"#)
        let response = try await Library.schema().execute(
            GraphQLRequest(query: "{ authors { mustNotFail } }"), context: Library.context)
        #expect(response.data == .null)
        #expect(
            response.errors.map(\.path) == [
                [.field("authors"), .index(0), .field("mustNotFail")],
                [.field("authors"), .index(1), .field("mustNotFail")],
            ])
    }

    @Test("the operation is chosen by name, and only queries are executed")
    func operations() async throws {
        let two = "query A { a: add(first: 1) } query B { b: add(first: 2) }"
        #expect(try await Library.ask(two, operationName: "B") == #"{"data":{"b":3}}"#)
        #expect(try await Library.ask(two).contains("name the one to execute"))
        #expect(try await Library.ask(two, operationName: "C").contains("no operation called C"))
        #expect(
            try await Library.ask("mutation { add(first: 1) }").contains("there are only queries here, no mutation"))
    }
}
