import Testing

@testable import QueryCacheRedis

@Suite("Errors that Redis answers")
struct RedisErrorTests {
    @Test(
        "are told by their first word",
        arguments: [
            ("NOAUTH Authentication required.", RedisError.Code.accessDenied),
            ("WRONGPASS invalid username-password pair or user is disabled.", .accessDenied),
            ("NOPERM this user has no permissions to run the 'evalsha' command", .accessDenied),
            ("OOM command not allowed when used memory > 'maxmemory'.", .outOfMemory),
            ("LOADING Redis is loading the dataset in memory", .server), ("ERR syntax error", .server), ("", .server),
        ])
    func code(reply: String, expected: RedisError.Code) {
        let error = RedisError(reply: reply)
        #expect(error.code == expected)
        #expect(error.serverCode == reply.split(separator: " ").first.map(String.init) ?? "")
        #expect(error.message.hasSuffix(reply))
    }

    @Test("don't show the arguments of a command, and are of bounded length")
    func arguments() {
        let error = RedisError(reply: "ERR unknown command `AUTH`, with args beginning with: `hush`, ")
        #expect(error.message == "Redis says: ERR unknown command `AUTH`")
        #expect(RedisError(reply: "ERR " + String(repeating: "x", count: 10_000)).message.count < 400)
    }
}
