import LibRDKafka

extension Doctor {
    /// Looks for what keeps a dispatcher from its database.
    ///
    /// - Returns: errors only; none when the database is as it should be.
    package func whyNoDatabase() async -> [Finding] {
        await DatabaseCheck(configuration).runAccess().filter { $0.severity == .error }
    }

    /// Looks for what keeps a dispatcher from the brokers.
    ///
    /// - Returns: errors only; none when the brokers answer.
    /// - Throws: `KafkaError` for Kafka properties that no client can be made with.
    package func whyNoBroker() async throws -> [Finding] {
        let log = ClientLog()
        let admin = try KafkaAdmin(
            bootstrapServers: configuration.bootstrapServers, clientID: "outbox-console",
            properties: configuration.kafkaProperties, log: { log.add($0) })
        let (broker, metadata) = await BrokerFacts.read(configuration, admin: admin, log: log)
        await admin.close()
        return broker.findings(brokers: metadata?.brokers.count ?? 0, isSettling: false)
            .filter { $0.severity == .error }
    }
}
