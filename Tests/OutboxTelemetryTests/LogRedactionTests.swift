import Foundation
import OutboxTelemetry
import Testing

@Suite struct LogRedactionTests {
    @Test(
        "Secrets in texts are masked",
        arguments: [
            ("postgresql://me:hunter2@db:5432/x", "postgresql://me:***@db:5432/x"),
            ("postgres://me:hun/ter@2@db/x?a=b", "postgres://me:***@db/x?a=b"),
            ("see \"postgres://me:hunter2@db/x\", ok", "see \"postgres://me:***@db/x\", ok"),
            ("redis://:hunter2@cache", "redis://:***@cache"),
            ("postgres://db/x?password=hunter2&sslmode=require", "postgres://db/x?password=***&sslmode=require"),
            ("host=db password=hunter2 user=me", "host=db password=*** user=me"),
            ("host=db password='hun ter\\'2' user=me", "host=db password='***' user=me"),
            ("password = hunter2&more", "password = ***"),
            ("sslpassword=hunter2", "sslpassword=***"),
            ("sasl.password=hun,ter2 x", "sasl.password=*** x"),
            ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
            ("authorization: Basic   dXNlcg==, next", "authorization: Basic   *** next"),
            (#"{"password": "hun\"ter2", "user": "me"}"#, #"{"password": "***", "user": "me"}"#),
            ("{'api_key':'k'}", "{'api_key':'***'}"),
            ("KAFKA_CONFIG_SASL_PASSWORD=hunter2", "KAFKA_CONFIG_SASL_PASSWORD=***"),
            ("password=", "password="), ("password='hunter2", "password='***"),
            ("password='hunter2\\", "password='***"),
        ])
    func masked(text: String, expected: String) {
        #expect(LogRedaction.redacted(text) == expected)
        #expect(!LogRedaction.redacted(text).contains("hunter2"))
    }

    @Test(
        "Harmless texts stay as they are",
        arguments: [
            "", ":", "=", "://", "a://", "http://localhost:9464/metrics", "postgres://me@db/x",
            "password authentication failed for user \"me\"", "key=value other=1", "12:30:00", "a=b://c",
            "the password", "aggregate_id=P1000033", "岗位=1",
        ])
    func harmless(text: String) {
        #expect(LogRedaction.redacted(text) == text)
    }

    @Test("Names of secrets are known in any spelling")
    func names() {
        for key in [
            "password", "PGPASSWORD", "sasl.password", "KAFKA_CONFIG_SSL_KEY_PASSWORD", "client-secret", "accessToken",
            "Authorization", "X-Api-Key", "ssl.key.pem", "sasl.jaas.config", "Set-Cookie", "private_key",
        ] {
            #expect(LogRedaction.isSecret(key: key), "\(key)")
        }
        for key in ["user", "aggregate_id", "event_type", "key", "ssl.key.location", "", "pw"] {
            #expect(!LogRedaction.isSecret(key: key), "\(key)")
        }
    }

    @Test("Metadata is masked by key and content at any depth")
    func metadata() {
        let masked = LogRedaction.redacted([
            "token": "t", "url": "postgres://a:b@c", "deep": ["list": [["password": 5], "secret=x"], "ok": 1],
        ])
        #expect(
            masked == [
                "token": "***", "url": "postgres://a:***@c",
                "deep": ["list": [["password": "***"], "secret=***"], "ok": 1],
            ])
    }

    @Test("Metadata without end is cut")
    func depth() {
        var value: Logger.MetadataValue = "end"
        for _ in 0..<10_000 { value = .array([value]) }
        #expect(LogRedaction.redacted(["a": value])["a"]?.description.count ?? 0 < 100)
    }

    @Test("A secret shows itself to nobody but who asks")
    func secret() throws {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        dump(["a": secret], to: &dumped)
        #expect("\(secret)" == "***")
        #expect(String(reflecting: secret) == "***")
        #expect(!dumped.contains("hunter2"))
        #expect(String(decoding: try JSONEncoder().encode([secret]), as: UTF8.self) == "[\"***\"]")
        #expect(secret.revealed == "hunter2")
        #expect(secret == Secret("hunter2"))
    }
}
