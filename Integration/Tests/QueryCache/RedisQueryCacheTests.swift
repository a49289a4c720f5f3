import QueryCache
import Servers
import Synchronization
import Testing

@testable import QueryCacheRedis

@Suite("The query cache in Redis")
struct RedisQueryCacheTests {
    private func cache(_ server: RedisServer, commandTimeout: Duration = .seconds(30)) throws -> RedisQueryCache {
        var configuration = try RedisConfiguration(url: server.url)
        configuration.commandTimeout = commandTimeout
        return RedisQueryCache(configuration)
    }

    /// An administrator's connection.
    private func order(_ server: RedisServer, _ words: RedisArgument..., login: String = "") async throws {
        let url = login.isEmpty ? server.url : server.url.replacing("redis://", with: "redis://\(login)@")
        let connection = RedisConnection(try RedisConfiguration(url: url))
        for reply in try await connection.run([.command(words)]) { _ = try reply.get() }
        await connection.close()
    }

    // MARK: Outages

    @Test("a server that was restarted is asked as if nothing had happened")
    func restarted() async throws {
        let server = try await RedisServer.start()
        let cache = try cache(server)
        #expect(try await cache.store([.test("a", 1)]) == 1)
        server.kill()
        try await server.start()
        #expect(try await cache.answer(for: "a") == nil)
        #expect(try await cache.store([.test("a", 1)]) == 1)
    }

    @Test("while the server is down calls fail soon, and when it is back they succeed again")
    func down() async throws {
        let server = try await RedisServer.start()
        let cache = try cache(server)
        #expect(try await cache.store([.test("a", 1)]) == 1)
        server.kill()
        for _ in 0..<20 {
            let error = await #expect(throws: RedisError.self) { try await cache.answer(for: "a") }
            #expect(error?.code == .connectionFailed)
        }
        try await server.start()
        try await eventually(within: .seconds(30), "it is asked again") {
            try await cache.store([.test("a", 1)]) == 1
        }
    }

    @Test("a server that hangs costs callers the time-out and no more, also those who wait behind others")
    func hung() async throws {
        let server = try await RedisServer.start()
        let cache = try cache(server, commandTimeout: .seconds(1))
        try await eventually(within: .seconds(30), "it answers") { try await cache.answer(for: "a") == nil }
        server.pause()
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let error = await #expect(throws: RedisError.self) { try await cache.answer(for: "a") }
                    #expect(error?.code == .timedOut)
                }
            }
        }
        // A hundred time-outs, one after the other on four connections, would take 25 s.
        #expect(ContinuousClock.now - start < .seconds(20))
        server.resume()
        try await eventually(within: .seconds(30), "it is asked again") { try await cache.store([.test("a", 1)]) == 1 }
    }

    private final class Writers: Sendable {
        let failures = Atomic(0)
        let areDone = Atomic(false)
    }

    @Test("a server that is killed again and again under writers ends with the newest answers, and all get an outcome")
    func killedUnderWriters() async throws {
        let server = try await RedisServer.start()
        let cache = try cache(server)
        let keys = (0..<50).map { "key\($0)" }
        let writers = Writers()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var version: Int64 = 0
                    while !writers.areDone.load(ordering: .relaxed) {
                        version += 1
                        do {
                            _ = try await cache.store(keys.map { .test($0, version) })
                        } catch is RedisError {
                            writers.failures.wrappingAdd(1, ordering: .relaxed)
                            try await Task.sleep(for: .milliseconds(2))
                        }
                    }
                }
            }
            defer { writers.areDone.store(true, ordering: .relaxed) }
            for _ in 0..<3 {
                try await eventually(within: .seconds(30), "answers are stored") {
                    try await cache.answer(for: "key0") != nil
                }
                let before = writers.failures.load(ordering: .relaxed)
                server.kill()
                try await eventually(within: .seconds(30), "writers fail") {
                    writers.failures.load(ordering: .relaxed) > before
                }
                try await server.start()
            }
        }
        try await eventually(within: .seconds(30), "the last answers are stored") {
            try await cache.store(keys.map { .test($0, .max) }) == keys.count
        }
        for key in keys { #expect(try await cache.answer(for: key) == .test(key, .max)) }
    }

    @Test("a server that has lost its scripts gets them again")
    func scriptsLost() async throws {
        let server = try await RedisServer.start()
        let cache = try cache(server)
        #expect(try await cache.store([.test("a", 1), .test("b", 1)]) == 2)
        try await order(server, "SCRIPT", "FLUSH")
        #expect(try await cache.store([.test("a", 1), .test("b", 2), .test("c", 1)]) == 2)
        try await cache.invalidate(["a"])
        #expect(try await cache.answer(for: "a") == nil)
    }

    @Test("after close() calls fail")
    func closed() async throws {
        let server = try await RedisServer.start()
        let cache = try cache(server)
        #expect(try await cache.store([.test("a", 1)]) == 1)
        await cache.close()
        let error = await #expect(throws: RedisError.self) { try await cache.answer(for: "a") }
        #expect(error?.code == .closed)
    }

    // MARK: Memory

    private func large(_ key: String, _ version: Int64) -> QueryCacheEntry {
        QueryCacheEntry(
            key: key, value: Array(#"{"v":"\#(version)\#(String(repeating: "x", count: 10_000))"}"#.utf8),
            version: version)
    }

    @Test("answers that Redis evicts are missed, and nothing else is")
    func evicted() async throws {
        let server = try await RedisServer.start(options: ["maxmemory": "5mb", "maxmemory-policy": "allkeys-lru"])
        let cache = try cache(server)
        let keys = (0..<1_000).map { "key\($0)" }
        // 10 MB.
        for start in stride(from: 0, to: keys.count, by: 100) {
            #expect(try await cache.store(keys[start..<start + 100].map { large($0, 7) }) == 100)
        }
        var found = 0
        for key in keys {
            guard let entry = try await cache.answer(for: key) else { continue }
            #expect(entry == large(key, 7))
            found += 1
        }
        #expect(found > 0 && found < keys.count)
        #expect(try await cache.store([large("key0", 8)]) == 1)
        #expect(try await cache.answer(for: "key0") == large("key0", 8))
    }

    @Test("a server that is full and must not evict refuses answers, and gives none that are out of date")
    func full() async throws {
        let server = try await RedisServer.start(options: ["maxmemory-policy": "noeviction"])
        let cache = try cache(server)
        #expect(try await cache.store([.test("old", 1), .test("other", 1), .test("gone", 1)]) == 3)
        // Less than the server itself takes.
        try await order(server, "CONFIG", "SET", "maxmemory", "1kb")
        let error = await #expect(throws: RedisError.self) { try await cache.store([.test("old", 2)]) }
        #expect(error?.code == .outOfMemory)
        #expect(try await cache.answer(for: "old") == nil)
        // Removing takes no more memory than it gives back.
        try await cache.remove([QueryCacheTombstone(key: "gone", version: 1)])
        #expect(try await cache.answer(for: "gone") == nil)
        // What is not out of date is given.
        #expect(try await cache.answer(for: "other") == .test("other", 1))
    }

    @Test("an answer whose guard was evicted guards itself")
    func guardEvicted() async throws {
        let server = try await RedisServer.start()
        let cache = try cache(server)
        #expect(try await cache.store([.test("a", 5)]) == 1)
        try await order(server, "DEL", "a#guard")
        #expect(try await cache.store([.test("a", 4), .test("a", 5)]) == 0)
        #expect(try await cache.answer(for: "a") == .test("a", 5))
    }

    // MARK: Access

    @Test("user, password and database are those of the URL, and a wrong password stays out of the error")
    func access() async throws {
        let server = try await RedisServer.start(options: ["requirepass": "root:secret@"])
        try await order(
            server, "ACL", "SETUSER", "alice", "on", ">hush/hush", "~*", "+@all", "-flushall",
            login: ":root%3Asecret%40")
        let address = server.url.dropFirst("redis://".count)
        let alice = RedisQueryCache(try RedisConfiguration(url: "redis://alice:hush%2Fhush@\(address)/3"))
        #expect(try await alice.store([.test("a", 1)]) == 1)
        let root = RedisQueryCache(try RedisConfiguration(url: "redis://:root%3Asecret%40@\(address)/3"))
        #expect(try await root.answer(for: "a") == .test("a", 1))
        let elsewhere = RedisQueryCache(try RedisConfiguration(url: "redis://:root%3Asecret%40@\(address)/4"))
        #expect(try await elsewhere.answer(for: "a") == nil)

        for login in ["", "alice:wrongpass@", ":wrongpass@", "nobody:wrongpass@"] {
            let cache = RedisQueryCache(try RedisConfiguration(url: "redis://\(login)\(address)"))
            let error = await #expect(throws: RedisError.self) { try await cache.answer(for: "a") }
            #expect(error?.code == .accessDenied, "\(login)")
            #expect(!"\(String(describing: error))".contains("wrongpass"))
        }
        let open = try await RedisServer.start()
        let needless = RedisQueryCache(
            try RedisConfiguration(url: open.url.replacing("redis://", with: "redis://:wrongpass@")))
        let error = await #expect(throws: RedisError.self) { try await needless.answer(for: "a") }
        #expect(error?.code == .accessDenied)
    }

    @Test("a key that somebody else uses for something else is an error, not an answer")
    func wrongType() async throws {
        let server = try await RedisServer.start()
        let cache = try cache(server)
        try await order(server, "RPUSH", "key of a list", "element")
        for call in [
            { try await cache.answer(for: "key of a list") != nil },
            {
                try await cache.store([.test("key of a list", 1)]) == 1
            },
        ] {
            let error = await #expect(throws: RedisError.self) { try await call() }
            #expect(error?.code == .server)
            #expect(error?.serverCode == "WRONGTYPE")
            #expect(error?.message.contains("key of a list") == false)
        }
        #expect(try await cache.store([.test("good", 1)]) == 1)
    }
}
