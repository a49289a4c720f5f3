extension Document {
    var fragmentsByName: [String: Fragment] {
        Dictionary(fragments.map { ($0.name.text, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// The operation that a request means.
    ///
    /// - Throws: when there is none of the name, or there are several and none is named, or it is not a query.
    func operation(named name: String?) throws(GraphQLErrors) -> Operation {
        let candidates = name.map { name in operations.filter { $0.name?.text == name } } ?? operations
        guard let operation = candidates.first else {
            let message = name.map { "there is no operation called \($0)" } ?? "there is no operation to execute"
            throw GraphQLErrors([GraphQLError(.operation, message)])
        }
        guard candidates.count == 1 else {
            throw GraphQLErrors([
                GraphQLError(.operation, "there are several operations: name the one to execute in operationName")
            ])
        }
        guard operation.kind == .query else {
            throw GraphQLErrors([
                GraphQLError(
                    .operation, "there are only queries here, no \(operation.kind.rawValue)",
                    locations: [source.location(at: operation.offset)])
            ])
        }
        return operation
    }
}
