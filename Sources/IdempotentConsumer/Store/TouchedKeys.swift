/// Keys of cached answers that are out of date, by the projection that computes them.
struct TouchedKeys: Sendable {
    private(set) var byProjection: [String: Set<String>] = [:]

    init() {}

    init(_ keys: [CacheKey]) {
        for key in keys { byProjection[key.projection, default: []].insert(key.key) }
    }

    var isEmpty: Bool { byProjection.isEmpty }
    var count: Int { byProjection.values.reduce(0) { $0 + $1.count } }

    mutating func insert(_ keys: Set<String>, of projection: String) {
        guard !keys.isEmpty else { return }
        byProjection[projection, default: []].formUnion(keys)
    }

    mutating func formUnion(_ other: TouchedKeys) {
        byProjection.merge(other.byProjection) { $0.union($1) }
    }

    /// One of each key, since a statement can't touch a row twice, in the order in which all transactions lock them.
    var sorted: [CacheKey] {
        var sorted: [CacheKey] = []
        sorted.reserveCapacity(count)
        for (projection, keys) in byProjection.sorted(by: { $0.key < $1.key }) {
            for key in keys.sorted() { sorted.append(CacheKey(key: key, projection: projection)) }
        }
        // A projection's are sorted already.
        guard byProjection.count > 1 else { return sorted }
        sorted.sort()
        var unique: [CacheKey] = []
        for key in sorted where unique.last?.key != key.key { unique.append(key) }
        return unique
    }
}
