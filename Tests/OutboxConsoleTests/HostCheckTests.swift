import OutboxHTTP
import Testing

@testable import OutboxConsole

@Suite struct HostCheckTests {
    @Test(
        "a server on loopback answers to this machine's names only",
        arguments: [
            ("localhost:9464", true), ("127.0.0.1:9464", true), ("127.0.0.1", true), ("[::1]:9464", true),
            ("LOCALHOST", true), ("evil.example:9464", false), ("127.0.0.1.evil.example", false),
            ("127.evil.0.1", false), ("localhost.evil.example", false), ("", false),
        ])
    func loopback(host: String, isAllowed: Bool) {
        for listening in ["127.0.0.1", "::1", "localhost"] {
            #expect(allows(host, listening) == isAllowed)
        }
        #expect(allows(nil, "127.0.0.1") == false)
    }

    @Test("a server for other machines answers to any name")
    func others() {
        #expect(allows("outbox.internal", "0.0.0.0"))
        #expect(ConsoleConfiguration(host: "127.0.0.1").isLoopback)
        #expect(!ConsoleConfiguration(host: "0.0.0.0").isLoopback)
    }

    private func allows(_ host: String?, _ listening: String) -> Bool {
        var headers = HTTPHeaders()
        headers["Host"] = host
        return (try? HostCheck(host: listening).check(headers)) != nil
    }
}
