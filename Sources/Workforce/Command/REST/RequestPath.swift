import FoundationEssentials
import OutboxHTTP

/// The parameters of a command's path. What can't be a code or an id names nothing that exists.
struct RequestPath {
    private let request: HTTPRequest

    init(_ request: HTTPRequest) { self.request = request }

    /// - Throws: ``CommandError`` of kind `notFound`.
    func code(of type: AggregateType) throws -> String {
        let code = try request.parameter("code")
        guard Identifiers.isCode(code) else {
            throw Rules.notFound(type, String(code.prefix(64)), field: "code")
        }
        return code
    }

    /// - Throws: ``CommandError`` of kind `notFound`.
    func assignmentID() throws -> UUID {
        let text = try request.parameter("id")
        guard let id = UUID(uuidString: text) else {
            throw Rules.notFound(.assignment, String(text.prefix(64)), field: "assignmentId")
        }
        return id
    }
}
