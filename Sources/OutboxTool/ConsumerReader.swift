import LibRDKafka
import OutboxCommandLine
import OutboxConsole

/// Reads how far consumer groups are, over connections to the brokers that it keeps while it is asked.
actor ConsumerReader {
    /// Of all groups there are, no more are looked at.
    private static let mostGroups = 20
    /// Groups do not come and go so often.
    private static let searchInterval: Duration = .seconds(60)

    private let names: [String]
    private let topicPrefix: String
    private let bootstrapServers: String
    private let properties: [String: String]
    private var admin: KafkaAdmin?
    private var found: [String] = []
    private var nextSearch: ContinuousClock.Instant?

    /// - Parameter names: the groups; empty for those that read the topics.
    init(names: [String], topicPrefix: String, bootstrapServers: String, properties: [String: String]) {
        self.names = names
        self.topicPrefix = topicPrefix
        self.bootstrapServers = bootstrapServers
        self.properties = properties
    }

    /// - Throws: `KafkaError` when the brokers can't be asked.
    func read() async throws -> [ConsumerProgress] {
        let admin = try self.admin ?? KafkaAdmin(bootstrapServers: bootstrapServers, properties: properties)
        self.admin = admin
        do {
            let known = try await admin.consumerGroups()
            let isSearch = names.isEmpty && nextSearch.map { $0 <= .now } ?? true
            let asked = names.isEmpty ? (isSearch ? Array(known.map(\.name).sorted().prefix(200)) : found) : names
            var lags = try await ConsumerLag.read(groups: asked, topicPrefix: topicPrefix, admin: admin)
            if names.isEmpty {
                // Of all groups there are, those that read the topics.
                lags = lags.filter(\.hasCommitted)
                found = Array(Set(lags.map(\.group)).sorted().prefix(Self.mostGroups))
                if isSearch { nextSearch = .now + Self.searchInterval }
                // Soon again: it may come any moment.
                if found.isEmpty { nextSearch = .now + Self.searchInterval / 6 }
            }
            let idle = Set(known.filter { $0.state == .empty || $0.state == .dead }.map(\.name))
            let there = Set(known.map(\.name)).subtracting(idle)
            return lags.filter { names.isEmpty ? found.contains($0.group) : true }.map { lag in
                ConsumerProgress(
                    group: lag.group, topic: lag.topic, lag: lag.events, position: lag.position,
                    hasMembers: there.contains(lag.group))
            }
        } catch {
            await rest()
            throw error
        }
    }

    /// Closes the connections.
    func rest() async {
        let old = admin
        admin = nil
        await old?.close()
    }
}
