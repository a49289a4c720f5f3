/// A value that does not fit its type.
struct CoercionError: Error {
    /// What would fit.
    let message: String
    /// Where in the value.
    var path: [GraphQLError.PathElement] = []

    func within(_ element: GraphQLError.PathElement) -> CoercionError {
        CoercionError(message: message, path: [element] + path)
    }
}
