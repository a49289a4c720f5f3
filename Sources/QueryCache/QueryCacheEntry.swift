public import FoundationEssentials

/// A ready-made answer to a query.
public struct QueryCacheEntry: Sendable, Hashable {
    /// Which query it answers. An application chooses its keys, e.g. `position/P1000033`.
    public var key: String
    /// The answer: JSON text in UTF-8.
    public var value: [UInt8]
    /// Grows with every change of what the answer is made from; an older answer never replaces a newer one.
    public var version: Int64
    /// From when on the answer is no longer given; nil leaves it to the cache.
    public var expiresAt: Date?

    /// Creates an entry.
    /// - Parameters:
    ///   - key: which query it answers.
    ///   - value: JSON text in UTF-8.
    ///   - version: the version of the key that the answer was computed from.
    ///   - expiresAt: from when on the answer is no longer given; nil leaves it to the cache.
    public init(key: String, value: [UInt8], version: Int64, expiresAt: Date? = nil) {
        self.key = key
        self.value = value
        self.version = version
        self.expiresAt = expiresAt
    }
}
