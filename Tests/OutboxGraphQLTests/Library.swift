import OutboxGraphQL

/// A small schema with something of everything: an author with books, and lists, enums, scalars and input objects.
enum Library {
    struct Author: Sendable {
        var name: String
        var born: Int?
        var books: [Book]
    }

    struct Book: Sendable {
        var id: String
        var title: String
        var genre: Genre
        var price: Double?
        var published: Day?
    }

    enum Genre: String, CaseIterable, Sendable {
        case novel = "NOVEL"
        case poetry = "POETRY"
        case essay = "ESSAY"
    }

    struct Day: Sendable, Equatable {
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

    struct Context: Sendable {
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

    static let query = GraphQLObject<Void, Context>("Query") {
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
    }

    static func schema() throws -> GraphQLSchema<Context> {
        try GraphQLSchema(query: query)
    }
}
