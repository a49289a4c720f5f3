import QueryCache
import Synchronization

/// A cache that can be made to fail.
final class FailingCache: QueryCache {
    struct Unreachable: Error {}

    private let cache: any QueryCache
    private let isFailing = Atomic(false)

    init(_ cache: any QueryCache) { self.cache = cache }

    func setFailing(_ isFailing: Bool) { self.isFailing.store(isFailing, ordering: .relaxed) }

    func answer(for key: String) async throws -> QueryCacheEntry? {
        try check()
        return try await cache.answer(for: key)
    }

    func store(_ entries: [QueryCacheEntry]) async throws -> Int {
        try check()
        return try await cache.store(entries)
    }

    func remove(_ tombstones: [QueryCacheTombstone]) async throws {
        // Only stores fail, so that a test sees whether the outdated answer is taken away.
        try await cache.remove(tombstones)
    }

    func invalidate(_ keys: [String]) async throws { try await cache.invalidate(keys) }

    private func check() throws {
        if isFailing.load(ordering: .relaxed) { throw Unreachable() }
    }
}
