import Testing

@testable import LibPQ

@Suite("Prepared statement cache")
struct StatementCacheTests {
    private func key(_ sql: String, _ types: [UInt32] = []) -> StatementCache.Key { .init(sql: sql, types: types) }

    @Test("text and types together make a statement")
    func identity() {
        var cache = StatementCache(limit: 10)
        cache.insert(key("a", [20]), name: cache.makeName())
        #expect(cache.name(of: key("a", [20])) == "libpq_1")
        #expect(cache.name(of: key("a", [23])) == nil)
        #expect(cache.name(of: key("b", [20])) == nil)
    }

    @Test("the least recently used one makes room, and is to be deallocated once")
    func eviction() {
        var cache = StatementCache(limit: 2)
        for sql in ["a", "b"] { cache.insert(key(sql), name: cache.makeName()) }
        _ = cache.name(of: key("a"))
        cache.insert(key("c"), name: cache.makeName())
        #expect(cache.count == 2)
        #expect(cache.name(of: key("b")) == nil)
        #expect(cache.name(of: key("a")) == "libpq_1")
        #expect(cache.takeAbandoned() == ["libpq_2"])
        #expect(cache.takeAbandoned().isEmpty)
    }

    @Test("what the server does not know needs no deallocation")
    func forgetting() {
        var cache = StatementCache(limit: 2)
        cache.insert(key("a"), name: cache.makeName())
        cache.insert(key("b"), name: cache.makeName())
        cache.forget(key("a"))
        cache.remove(key("b"))
        #expect(cache.count == 0)
        #expect(cache.takeAbandoned() == ["libpq_2"])
        #expect(cache.makeName() == "libpq_3")
    }
}
