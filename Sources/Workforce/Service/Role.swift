/// What a caller may do; each role may all that those before it may.
///
/// `workforce query` answers all three, `workforce command` takes commands of writers and admins.
public enum Role: String, Sendable, Codable, CaseIterable {
    case reader, writer, admin
}
