/// A document that does not follow the grammar, or is too large to be looked at.
struct SyntaxError: Error {
    let code: GraphQLError.Code
    let message: String
    let offset: Int

    init(_ message: String, at offset: Int, code: GraphQLError.Code = .syntax) {
        self.code = code
        self.message = message
        self.offset = offset
    }
}
