/// A cached answer and the projection that computes it.
struct CacheKey: Hashable, Sendable, Comparable {
    var key: String
    var projection: String

    static func < (left: CacheKey, right: CacheKey) -> Bool {
        (left.key, left.projection) < (right.key, right.projection)
    }
}
