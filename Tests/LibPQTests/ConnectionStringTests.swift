import Testing

@testable import LibPQ

@Suite("Connection URLs")
struct ConnectionStringTests {
    @Test(
        "secrets are hidden",
        arguments: [
            ("postgresql://u:s3cret@h:5433/d?sslmode=require", "postgresql://u:***@h:5433/d?sslmode=require"),
            ("postgres://u:s3%40cret@h/d", "postgresql://u:***@h/d"),
            ("host=h user=u password='s3 cret' dbname=d", "postgresql://u:***@h/d"),
            ("postgresql://h1:1,h2:2/d?sslpassword=s3cret", "postgresql://h1:1,h2:2/d?sslpassword=***"),
            ("postgresql:///d?host=/run/postgresql", "postgresql:///run/postgresql/d"),
        ])
    func redaction(url: String, expected: String) {
        #expect(PQConfiguration(url: url).redactedURL == expected)
    }

    @Test(
        "a URL that can't be right shows nothing of itself",
        arguments: [
            "postgresql://u:s3cret/x@h/d", "postgresql://u:x@s3cret@h/d", "postgresql://u:5/s3cret@h/d",
            "postgresql://u:s3cret%zz@h/d", "postgresql://h/d?s3cret=1", "postgresql://h/d?password", "s3cret",
            "postgresql://[s3cret/d", "postgresql://u:s3cret@h:99999/d", "host=h password='s3cret", "host=h\u{0}s3cret",
        ])
    func hostile(url: String) {
        let error = #expect(throws: PQError.self) { _ = try ConnectionString(parsing: url) }
        #expect(error?.code == .usage)
        #expect(error?.description.contains("s3cret") == false)
        #expect(PQConfiguration(url: url).redactedURL == "<invalid connection URL>")
    }

    @Test("several hosts are counted, and have time for each")
    func hosts() throws {
        #expect(try ConnectionString(parsing: "postgresql://a,b:2,c/d").hostCount == 3)
        #expect(try ConnectionString(parsing: "postgresql:///d").hostCount == 1)
        let several = PQConfiguration(url: "postgresql://a,b/d", connectTimeout: .seconds(3))
        #expect(try ConnectionAttempt(several).timeout == .seconds(6))
        let own = PQConfiguration(url: "postgresql://a/d?connect_timeout=4", connectTimeout: .seconds(3))
        #expect(try ConnectionAttempt(own).timeout == .seconds(4))
    }

    @Test("SQLSTATE is found in libpq's words, and the rest of verbosity left out")
    func states() {
        let refused = ConnectionAttempt.parse(
            "connection to server at \"h\", port 5 failed: FATAL:  28P01: password authentication failed\n"
                + "LOCATION:  auth_failed, auth.c:331\n")
        #expect(refused.sqlState == "28P01")
        #expect(
            refused.message == "connection to server at \"h\", port 5 failed: FATAL:  password authentication failed")
        let unreachable = ConnectionAttempt.parse("could not connect: refused\n\tIs the server running?\n")
        #expect(unreachable.sqlState == nil)
        #expect(unreachable.message == "could not connect: refused; Is the server running?")
        #expect(ConnectionAttempt.parse("").message == "the connection failed")
    }
}
