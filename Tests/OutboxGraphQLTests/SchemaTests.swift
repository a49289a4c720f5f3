import LibrarySchema
import OutboxGraphQL
import Testing

@Suite("schema")
struct SchemaTests {
    @Test("the schema is printed with descriptions, defaults and deprecations")
    func text() throws {
        let text = try Library.schema().text
        for line in [
            "schema {\n  query: Query\n}\n",
            "\"A date like 2026-01-31.\"\nscalar Day @specifiedBy(url: \"https://example.org/day\")\n",
            "enum Genre {\n  NOVEL\n  POETRY\n  ESSAY\n}\n",
            "  limit: Int! = 10\n",
            "  published: Day @deprecated(reason: \"nobody asks\")\n",
            "  books(filter: BookFilter): [Book!]!\n",
            "  add(first: Int!, second: Int! = 1): Int!\n",
            "  echo(\n    \"What to say.\"\n    text: String!\n  ): String\n",
            "  find(all: [BookFilter!]! = [{genre: NOVEL}], old: Boolean @deprecated(reason: \"says nothing\")): [Book]\n",
        ] {
            #expect(text.contains(line))
        }
    }

    typealias Field = GraphQLField<Void, Void>

    @Test("a schema that contradicts itself is refused, with the place")
    func contradictions() {
        func message(_ fields: Field..., name: String = "Query") -> String? {
            do {
                let query = GraphQLObject<Void, Void>(name) {
                    for field in fields { field }
                }
                _ = try GraphQLSchema(query: query)
                return nil
            } catch {
                return error.message
            }
        }
        let one = Field("one", .int) { _ in 1 }
        #expect(message(one) == nil)
        #expect(message(one, one) == "Query has one twice")
        #expect(message() == "Query is empty")
        #expect(message(one, name: "__Query")?.hasPrefix("__Query cannot be the name of a type") == true)
        #expect(message(Field("a-b", .int) { _ in 1 })?.hasPrefix("a-b cannot be the name of a part of Query") == true)
        #expect(
            message(Field("f", .int, arguments: GraphQLArgument("a", .int, default: "x")) { _, _, a in a })
                == "the default of a of Query.f does not fit: expected an integer")
        #expect(
            message(Field("f", .int, arguments: GraphQLArgument("a", .int, deprecated: "old")) { _, _, a in a })
                == "a of Query.f is required, so it cannot be deprecated")
        let twice = [GraphQLEnum<Int>("E", cases: [.init("A", 1)]), GraphQLEnum<Int>("E", cases: [.init("A", 1)])]
        #expect(
            message(Field("a", .enumeration(twice[0])) { _ in 1 }, Field("b", .enumeration(twice[1])) { _ in 1 })
                == "two types are called E: define it once and use that one everywhere")
    }
}
