public import OutboxHTTP

/// Who makes a request, as their token says.
public struct Caller: Sendable, Hashable {
    public let userID: String
    /// Whose data the request is about; the only tenant that the caller sees.
    public let tenantID: String
    public let roles: Set<Role>

    public init(userID: String, tenantID: String, roles: Set<Role>) {
        self.userID = userID
        self.tenantID = tenantID
        self.roles = roles
    }
}

extension HTTPRequest {
    /// Who makes this request; ``AccessControl`` has found it out.
    ///
    /// - Throws: ``ServiceError`` with status 401 where there was no ``AccessControl``, or the path is open to all.
    public func caller() throws(ServiceError) -> Caller {
        guard let caller = context[Caller.self] else { throw .unauthorized("Send a token.") }
        return caller
    }
}
