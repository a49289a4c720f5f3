/// A Lua script, which Redis runs as one step.
enum RedisScript: CaseIterable {
    case store, remove, invalidate

    /// Its text.
    var text: [UInt8] {
        let body =
            switch self {
            case .store: PackageResources.store_lua
            case .remove: PackageResources.remove_lua
            case .invalidate: PackageResources.invalidate_lua
            }
        return PackageResources.guard_lua + body
    }
}
