/// States that a key has no answer up to a version.
public struct QueryCacheTombstone: Sendable, Hashable {
    /// The key without an answer.
    public var key: String
    /// Answers of this version and of older ones are gone and stay out; newer ones are taken.
    public var version: Int64

    /// Creates a tombstone.
    /// - Parameters:
    ///   - key: the key without an answer.
    ///   - version: the newest version that has no answer.
    public init(key: String, version: Int64) {
        self.key = key
        self.version = version
    }
}
