import Outbox
import Servers
import Testing

/// All that the query service's schema can be asked for, a document for each single field of each root field.
struct SchemaFields {
    private struct Field {
        let name: String
        /// With what an argument is called, and whether it must be given.
        let arguments: [(name: String, isRequired: Bool)]
        let type: String
    }

    private var types: [String: [Field]] = [:]
    private var root = ""

    /// The codes that arguments get, by the argument's name.
    private static let codes = ["positionCode": "P1", "organizationCode": "1000001"]
    /// The argument `code` means something else under each root field.
    private static let codeOf = ["position": "P1", "organization": "1000001"]

    /// Asks a service for its schema.
    init(_ ask: (String) async throws -> JSONValue) async throws {
        let reference = "kind name ofType { kind name ofType { kind name ofType { kind name } } }"
        let schema = try await ask(
            """
            { __schema { queryType { name } types { name kind fields {
                name args { name type { kind } } type { \(reference) } } } } }
            """)["data"]?["__schema"]
        root = try #require(schema?["queryType"]?["name"]?.stringValue)
        for type in schema?["types"]?.items ?? [] where type["kind"] == "OBJECT" {
            let name = try #require(type["name"]?.stringValue)
            guard !name.hasPrefix("__") else { continue }
            types[name] = try (type["fields"]?.items ?? []).map { field in
                Field(
                    name: try #require(field["name"]?.stringValue),
                    arguments: try (field["args"]?.items ?? []).map {
                        (try #require($0["name"]?.stringValue), $0["type"]?["kind"] == "NON_NULL")
                    }, type: try #require(Self.namedType(field["type"])))
            }
        }
    }

    private static func namedType(_ reference: JSONValue?) -> String? {
        guard let inner = reference?["ofType"], inner != .null else { return reference?["name"]?.stringValue }
        return namedType(inner)
    }

    /// The documents, by what they ask for.
    func documents() throws -> [String] {
        try (types[root] ?? []).flatMap { field in
            try Self.argumentLists(of: field).flatMap { arguments in
                try leaves(of: field.type, above: []).map { "{ \(field.name)\(arguments) \($0) }" }
            }
        }
    }

    /// Without the arguments that may be left out, and with each of them that takes a code.
    private static func argumentLists(of field: Field) throws -> [String] {
        let values = field.arguments.compactMap { argument -> (text: String, isRequired: Bool)? in
            let code = argument.name == "code" ? codeOf[field.name] : codes[argument.name]
            return code.map { ("\(argument.name): \"\($0)\"", argument.isRequired) }
        }
        try #require(values.count { $0.isRequired } == field.arguments.count { $0.isRequired }, "\(field.name)")
        let required = values.filter(\.isRequired).map(\.text)
        let optional = values.filter { !$0.isRequired }.map(\.text)
        return ([[]] + optional.map { [$0] }).map { required + $0 }.map { list in
            list.isEmpty ? "" : "(\(list.joined(separator: ", ")))"
        }
    }

    /// A selection for each field of a type that is no object, and of the objects in it.
    private func leaves(of type: String, above: Set<String>) throws -> [String] {
        guard let fields = types[type] else { return [""] }
        return try fields.filter { !above.contains($0.type) }.flatMap { field in
            try #require(!field.arguments.contains { $0.isRequired }, "\(type).\(field.name)")
            return try leaves(of: field.type, above: above.union([type])).map { "{ \(field.name) \($0) }" }
        }
    }
}

extension JSONValue {
    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}
