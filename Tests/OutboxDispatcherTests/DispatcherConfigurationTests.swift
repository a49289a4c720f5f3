import Testing

@testable import OutboxDispatcher

@Suite("Dispatcher configuration")
struct DispatcherConfigurationTests {
    @Test("the defaults are allowed")
    func defaults() throws {
        try DispatcherConfiguration(instance: "a", bootstrapServers: "localhost:9092").check()
    }

    @Test("a value that is not allowed is named")
    func named() {
        let changes: [(String, (inout DispatcherConfiguration) -> Void)] = [
            ("instance", { $0.instance = "" }), ("bootstrapServers", { $0.bootstrapServers = "" }),
            ("batchSize", { $0.batchSize = 0 }), ("maximumRetries", { $0.maximumRetries = 0 }),
            ("interval", { $0.interval = .zero }), ("backoffBase", { $0.backoffBase = .zero }),
            ("lanes", { $0.lanes = 3 }), ("lanes", { $0.lanes = 2048 }), ("lease", { $0.lease = .seconds(1) }),
            ("kafkaProperties", { $0.kafkaProperties = ["partitioner": "random"] }),
        ]
        for (name, change) in changes {
            var configuration = DispatcherConfiguration(instance: "a", bootstrapServers: "b:1")
            change(&configuration)
            let error = #expect(throws: DispatcherError.self) { try configuration.check() }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.hasPrefix(name) == true)
        }
    }
}
