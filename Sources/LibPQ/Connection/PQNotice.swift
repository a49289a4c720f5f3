/// A notice or warning that the server sent beside a result.
public struct PQNotice: Sendable, Hashable {
    /// `NOTICE`, `WARNING`, `INFO`, `LOG` or `DEBUG`, untranslated.
    public var severity: String
    /// The five-character code.
    public var sqlState: String?
    /// What the server says.
    public var message: String
    /// The server's hint.
    public var hint: String?
}
