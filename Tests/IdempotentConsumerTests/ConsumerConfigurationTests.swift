import Testing

@testable import IdempotentConsumer

@Suite("Checking a consumer's settings")
struct ConsumerConfigurationTests {
    private func configuration(_ change: (inout ConsumerConfiguration) -> Void) -> ConsumerConfiguration {
        var configuration = ConsumerConfiguration(
            name: "positions", bootstrapServers: "127.0.0.1:9092", aggregateTypes: ["position"])
        change(&configuration)
        return configuration
    }

    @Test("the defaults are allowed, and aggregate types become topics")
    func defaults() throws {
        let configuration = configuration { _ in }
        try configuration.check()
        #expect(configuration.topics == ["outbox.event.position"])
    }

    @Test("a bad setting is named with its value and what is allowed")
    func badSettings() {
        let changes: [(String, String, (inout ConsumerConfiguration) -> Void)] = [
            ("name", "1 to 200", { $0.name = "" }),
            ("topics", "at least one", { $0.topics = [] }),
            ("bootstrapServers", "host:port", { $0.bootstrapServers = "" }),
            ("parallelism is 0", "1 to 256", { $0.parallelism = 0 }),
            ("batchSize is 50001", "1 to 50000", { $0.batchSize = 50_001 }),
            ("maximumAttempts is 0", "1 to 1000", { $0.maximumAttempts = 0 }),
            ("retryBackoff", "1 ms", { $0.retryBackoff = .zero }),
            ("inboxRetention", "60 s", { $0.inboxRetention = .seconds(1) }),
            ("deadLetterSuffix", "letters", { $0.deadLetterSuffix = "/dlq" }),
            ("drainTimeout", "2 minutes", { $0.drainTimeout = .seconds(600) }),
            ("enable.auto.commit", "leave it out", { $0.kafkaProperties = ["enable.auto.commit": "true"] }),
        ]
        for (setting, allowed, change) in changes {
            let error = #expect(throws: ConsumerError.self) { try configuration(change).check() }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains(setting) == true, "\(setting): \(error?.message ?? "")")
            #expect(error?.message.contains(allowed) == true, "\(setting): \(error?.message ?? "")")
        }
    }

    @Test("consumers' properties are kept from other clients")
    func clientProperties() {
        let configuration = configuration {
            $0.kafkaProperties = ["security.protocol": "SASL_SSL", "fetch.min.bytes": "1"]
        }
        #expect(configuration.clientProperties(consumer: false) == ["security.protocol": "SASL_SSL"])
        #expect(configuration.clientProperties(consumer: true).count == 2)
    }
}
