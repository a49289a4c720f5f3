/// A code within its tenant.
public struct TenantKey: Hashable, Sendable {
    public var tenantID: String
    public var code: String

    public init(tenantID: String, code: String) {
        self.tenantID = tenantID
        self.code = code
    }
}

extension TenantKey: Comparable {
    public static func < (left: TenantKey, right: TenantKey) -> Bool {
        (left.tenantID, left.code) < (right.tenantID, right.code)
    }
}
