import QueryCacheRedis
import Testing

@Suite("The URL of a Redis server")
struct RedisConfigurationTests {
    @Test(
        "says host, port, user, password and database",
        arguments: [
            ("redis://cache", RedisConfiguration(host: "cache")),
            ("redis://127.0.0.1:7000/", RedisConfiguration(host: "127.0.0.1", port: 7000)),
            ("redis://[::1]:7000/15", RedisConfiguration(host: "::1", port: 7000, database: 15)),
            ("redis://:secret@cache/2", RedisConfiguration(host: "cache", password: "secret", database: 2)),
            (
                "redis://al%2Fice:p%40ss%3A%23@cache:1",
                RedisConfiguration(host: "cache", port: 1, user: "al/ice", password: "p@ss:#")
            ),
        ])
    func parsed(url: String, expected: RedisConfiguration) throws {
        #expect(try RedisConfiguration(url: url) == expected)
    }

    @Test(
        "is refused with a reason where it can't work, without the secret",
        arguments: [
            ("", "redis://"), ("cache:6379", "redis://"), ("http://cache", "redis://"), ("redis://", "host"),
            ("redis:///1", "host"), ("rediss://:hush@cache", "TLS"), ("redis://cache:0", "port"),
            ("redis://cache:70000", "port"), ("redis://cache/one", "database"), ("redis://cache/-1", "database"),
            ("redis://cache/1/2", "database"), ("redis://:hush?hush@cache", "redis://"), ("redis://cache?db=1", "?"),
            ("redis://hush@cache", "password"), ("redis://:hu%00sh@cache", "zero"),
        ])
    func refused(url: String, reason: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.message.contains("hush") == false)
    }

    @Test("is shown without its password")
    func redacted() throws {
        #expect(
            try RedisConfiguration(url: "redis://alice:hush@[::1]:1/2").redactedURL == "redis://alice:***@[::1]:1/2")
        #expect(try RedisConfiguration(url: "redis://:hush@cache").redactedURL == "redis://:***@cache:6379/0")
        #expect(try RedisConfiguration(url: "redis://cache").redactedURL == "redis://cache:6379/0")
    }
}
