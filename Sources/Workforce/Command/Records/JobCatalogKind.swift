/// What an entry of the job catalog above the job levels is.
public enum JobCatalogKind: String, Codable, Sendable, CaseIterable {
    case familyGroup = "FAMILY_GROUP"
    case family = "FAMILY"
    case role = "ROLE"

    /// The kind that an entry of this kind belongs to.
    var parent: JobCatalogKind? {
        switch self {
        case .familyGroup: nil
        case .family: .familyGroup
        case .role: .family
        }
    }

    /// What the parent's code is called, in errors as in requests.
    var parentField: String? {
        switch self {
        case .familyGroup: nil
        case .family: "jobFamilyGroupCode"
        case .role: "jobFamilyCode"
        }
    }

    /// For messages.
    var title: String {
        switch self {
        case .familyGroup: "job family group"
        case .family: "job family"
        case .role: "job role"
        }
    }
}
