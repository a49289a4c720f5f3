import Outbox
import Servers
import Testing

/// An operation of the command service, as `/openapi.json` describes it.
struct Operation: CustomStringConvertible {
    let method: String
    /// With a code and an id in the place of its parameters.
    let path: String
    /// The names of its body's members.
    let members: [String]

    var description: String { "\(method) \(path)" }

    /// All operations that need a token.
    static func all(in client: HTTPClient, code: String, assignmentID: String) async throws -> [Operation] {
        let description = try JSONValue(parsing: try await client.get("/openapi.json").body)
        var operations: [Operation] = []
        for (path, methods) in try #require(description["paths"]?.members) where path.hasPrefix("/api/") {
            for (method, operation) in methods.members where operation["responses"] != nil {
                let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]?["$ref"]?.stringValue
                let name = try #require(schema?.split(separator: "/").last)
                let members = description["components"]?["schemas"]?[String(name)]?["properties"]?.members
                operations.append(
                    Operation(
                        method: method.uppercased(),
                        path: path.replacing("{code}", with: code).replacing("{id}", with: assignmentID),
                        members: try #require(members).keys.sorted()))
            }
        }
        try #require(operations.count >= 16)
        return operations.sorted { $0.description < $1.description }
    }

    /// A body whose members all are of one JSON text.
    func body(_ value: String) -> [UInt8] {
        Array("{\(members.map { "\"\($0)\":\(value)" }.joined(separator: ","))}".utf8)
    }
}

extension JSONValue {
    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
}
