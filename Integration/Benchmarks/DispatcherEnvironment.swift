import Servers

/// What the dispatchers that are measured are told by their environment.
enum DispatcherEnvironment {
    /// - Parameters:
    ///   - url: of the outbox's database.
    ///   - prefix: what stands before the dot of the topics' names.
    ///   - retention: how long settled events are kept; nil leaves that to the dispatcher.
    ///   - servesHTTP: whether its metrics can be asked for.
    static func of(
        _ url: String, topics prefix: String, retention: String? = nil, servesHTTP: Bool = false
    ) async throws -> [String: String?] {
        [
            "DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": try await KafkaBroker.shared().bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": "\(prefix).{aggregateType}", "OUTBOX_DISPATCH_RETENTION": retention,
            "OUTBOX_HTTP_ADDRESS": servesHTTP ? "127.0.0.1:0" : "off",
        ]
    }
}
