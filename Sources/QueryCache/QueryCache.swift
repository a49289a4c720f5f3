/// Keeps ready-made answers to queries, guarded by version: whatever order writers come in, the newest answer stays.
///
/// A cache may forget an answer at any time (a reader then asks the read model), but it must not give an answer that
/// is older than one it took, or than a tombstone it took.
public protocol QueryCache: Sendable {
    /// Looks an answer up.
    /// - Parameter key: which query to answer.
    /// - Returns: nil when there is none, or when it has expired.
    func answer(for key: String) async throws -> QueryCacheEntry?

    /// Stores answers. One that is not newer than what the cache knows of its key is refused.
    /// - Parameter entries: in any order; of several with one key the newest counts.
    /// - Returns: how many were taken.
    func store(_ entries: [QueryCacheEntry]) async throws -> Int

    /// Removes answers up to a version and keeps answers of that version and older ones out from then on.
    ///
    /// This is how an answer is removed because its subject is gone, or because it is known to be out of date: a
    /// writer that is late with an older answer can't bring it back.
    /// - Parameter tombstones: in any order; those that are older than what the cache has are ignored.
    func remove(_ tombstones: [QueryCacheTombstone]) async throws

    /// Forgets answers, whatever their version. The guard stays: only a newer answer is taken afterwards.
    /// - Parameter keys: unknown ones are ignored.
    func invalidate(_ keys: [String]) async throws
}
