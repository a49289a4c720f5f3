/// The key of a cached answer.
public enum WorkforceCacheKey: Hashable, Sendable {
    /// An ``AssignmentStatsAnswer``: `org:assignment:stats:{tenantId}:{POSITIONCODE}:v1`.
    case assignmentStats(TenantKey)
    /// A ``PositionAnswer``: `org:position:{tenantId}:{POSITIONCODE}:v1`.
    case position(TenantKey)

    private static let statsPrefix = "org:assignment:stats:"
    private static let positionPrefix = "org:position:"
    private static let suffix = ":v1"

    /// The position that the answer is about.
    public var subject: TenantKey {
        switch self {
        case .assignmentStats(let key), .position(let key): key
        }
    }

    /// The key as text.
    ///
    /// - Returns: `nil` when the tenant or the code is not one that the contract allows: such a key could be mistaken for
    ///   another tenant's, so there are no cached answers for them.
    public var text: String? {
        guard Identifiers.isTenant(subject.tenantID), Identifiers.isCode(subject.code) else { return nil }
        let prefix =
            switch self {
            case .assignmentStats: Self.statsPrefix
            case .position: Self.positionPrefix
            }
        return "\(prefix)\(subject.tenantID):\(subject.code)\(Self.suffix)"
    }

    /// Takes a key's text apart.
    ///
    /// - Returns: `nil` when the text is no such key.
    public init?(_ text: String) {
        func subject(after prefix: String) -> TenantKey? {
            guard text.hasPrefix(prefix), text.hasSuffix(Self.suffix) else { return nil }
            let parts = text.dropFirst(prefix.count).dropLast(Self.suffix.count).split(
                separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let key = TenantKey(tenantID: String(parts[0]), code: String(parts[1]))
            guard Identifiers.isTenant(key.tenantID), Identifiers.isCode(key.code) else { return nil }
            return key
        }
        if let key = subject(after: Self.statsPrefix) {
            self = .assignmentStats(key)
        } else if let key = subject(after: Self.positionPrefix) {
            self = .position(key)
        } else {
            return nil
        }
    }
}
