extension GraphQLResponse {
    /// The answer as JSON text in UTF-8, as GraphQL over HTTP sends it: errors first, so that they are seen.
    public func serialized() -> [UInt8] {
        var members: [GraphQLValue.Member] = []
        if !errors.isEmpty { members.append(.init("errors", .list(errors.map(\.value)))) }
        if let data { members.append(.init("data", data)) }
        if !extensions.isEmpty { members.append(.init("extensions", .object(extensions))) }
        return GraphQLValue.object(members).serialized()
    }
}

extension GraphQLError {
    /// The error as an answer shows it.
    var value: GraphQLValue {
        var members: [GraphQLValue.Member] = [.init("message", .string(message))]
        if !locations.isEmpty {
            members.append(
                .init(
                    "locations",
                    .list(locations.map { ["line": .integer($0.line), "column": .integer($0.column)] })))
        }
        if !path.isEmpty {
            members.append(.init("path", .list(path.map(\.value))))
        }
        members.append(
            .init("extensions", .object([.init("code", .string(code.rawValue))] + extensions)))
        return .object(members)
    }
}

extension GraphQLError.PathElement {
    var value: GraphQLValue {
        switch self {
        case .field(let name): .string(name)
        case .index(let index): .integer(index)
        }
    }
}
