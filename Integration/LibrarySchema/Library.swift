public import OutboxGraphQL

/// A small schema with something of everything, to try documents on: authors with books, lists, enums, scalars and
/// input objects.
public enum Library {
    public struct Author: Sendable {
        var name: String
        var born: Int?
        var books: [Book]
    }

    public struct Book: Sendable {
        var id: String
        var title: String
        var genre: Genre
        var price: Double?
        var published: Day?
    }

    public enum Genre: String, CaseIterable, Sendable {
        case novel = "NOVEL"
        case poetry = "POETRY"
        case essay = "ESSAY"
    }

    public struct Day: Sendable, Equatable {
        var text: String
    }

    struct BookFilter: Sendable {
        var genre: Genre?
        var titles: [String]?
        var limit: Int
        var not: NestedFilter?
    }

    struct NestedFilter: Sendable {
        var title: String
    }

    public struct Context: Sendable {
        var authors: [Author]
    }

    struct Missing: Error {}

    static let day = GraphQLScalar<Day>(
        "Day", description: "A date like 2026-01-31.", specifiedBy: "https://example.org/day",
        serialize: { .string($0.text) },
        parse: { value in
            guard case .string(let text) = value, text.utf8.count == 10 else {
                throw GraphQLError(.validation, "expected a date like 2026-01-31")
            }
            return Day(text: text)
        })

    static let genre = GraphQLEnum("Genre", Genre.self, description: "What kind of book.")

    static let nestedFilter = GraphQLInputObject(
        "NestedFilter", fields: GraphQLInputField("title", .string), make: NestedFilter.init)

    static let bookFilter = GraphQLInputObject(
        "BookFilter", description: "Which books.",
        fields: GraphQLInputField("genre", .optional(.enumeration(genre))),
        GraphQLInputField("titles", .optional(.list(.string))),
        GraphQLInputField("limit", .int, default: 10),
        GraphQLInputField("not", .optional(.object(nestedFilter))),
        make: BookFilter.init)

    static let author: GraphQLObject<Author, Context> = GraphQLObject("Author", description: "Who writes books.") {
        GraphQLField("name", .string) { $0.name }
        GraphQLField("born", .optional(.int)) { $0.born }
        GraphQLField(
            "books", .list(.object(book)), arguments: GraphQLArgument("filter", .optional(.object(bookFilter)))
        ) { author, _, filter in
            author.books.filter { filter?.genre == nil || $0.genre == filter?.genre }
        }
        GraphQLField("mayFail", .optional(.string)) { _ in throw Missing() }
        GraphQLField("mustNotFail", .string) { _ in throw Missing() }
    }

    static let book: GraphQLObject<Book, Context> = GraphQLObject("Book") {
        GraphQLField("id", .id) { $0.id }
        GraphQLField("title", .string) { $0.title }
        GraphQLField("genre", .enumeration(genre)) { $0.genre }
        GraphQLField("price", .optional(.float)) { $0.price }
        GraphQLField("published", .optional(.scalar(day)), deprecated: "nobody asks") { $0.published }
        GraphQLField("author", .optional(.object(author))) { book, context in
            context.authors.first { $0.books.contains { $0.id == book.id } }
        }
    }

    public static let query = GraphQLObject<Void, Context>("Query") {
        GraphQLField(
            "author", .optional(.object(author)), arguments: GraphQLArgument("name", .string)
        ) { _, context, name in
            context.authors.first { $0.name == name }
        }
        GraphQLField("authors", .list(.object(author))) { _, context in context.authors }
        GraphQLField(
            "book", .optional(.object(book)), arguments: GraphQLArgument("id", .id)
        ) { _, context, id in
            context.authors.flatMap(\.books).first { $0.id == id }
        }
        GraphQLField(
            "add", .int, arguments: GraphQLArgument("first", .int), GraphQLArgument("second", .int, default: 1)
        ) { _, _, first, second in first + second }
        GraphQLField(
            "echo", .optional(.string), arguments: GraphQLArgument("text", .string, description: "What to say.")
        ) { _, _, text in text }
        GraphQLField(
            "sum", .optional(.int),
            arguments: GraphQLArgument("rows", .optional(.list(.optional(.list(.int))))),
            GraphQLArgument("scale", .optional(.float), default: 1.5), GraphQLArgument("on", .optional(.scalar(day)))
        ) { _, _, rows, _, _ in rows?.compactMap(\.self).flatMap(\.self).reduce(0, +) }
        GraphQLField(
            "find", .optional(.list(.optional(.object(book)))),
            arguments: GraphQLArgument("all", .list(.object(bookFilter)), default: [["genre": .enumeration("NOVEL")]]),
            GraphQLArgument("old", .optional(.boolean), deprecated: "says nothing")
        ) { _, context, filters, _ in
            context.authors.flatMap(\.books).filter { book in filters.contains { $0.genre == book.genre } }
        }
    }

    public static func schema(limits: GraphQLLimits = GraphQLLimits()) throws -> GraphQLSchema<Context> {
        try GraphQLSchema(query: query, limits: limits)
    }
}
