package import LibPQ
package import Outbox

/// What a check-up looks at.
package struct DoctorConfiguration: Sendable {
    /// What the database role is there for, and so what it must be allowed to do.
    package enum Purpose: String, Sendable, CaseIterable {
        case dispatcher, writer, `operator`
    }

    /// The outbox's database.
    package var databaseURL: String
    /// The read model's database, where there is one to be looked at.
    package var queryDatabaseURL: String?
    package var pooling: PQPooling = .automatic
    package var bootstrapServers: String
    package var kafkaProperties: [String: String] = [:]
    package var topicTemplate: TopicTemplate = .default
    package var lanes = OutboxMigrations.defaultLanes
    package var purpose: Purpose = .dispatcher
    /// Aggregate types beside those that are found in the outbox.
    package var aggregateTypes: Set<String> = []
    /// The fewest partitions that a topic should have.
    package var partitions = 1
    /// Consumer groups; empty for all that read the topics.
    package var groups: [String] = []
    /// How long consumers remember what they have applied.
    package var inboxRetention: Duration = .seconds(720 * 3600)
    /// The longest that a check may take.
    package var timeout: Duration = .seconds(5)

    package init(databaseURL: String, bootstrapServers: String) {
        self.databaseURL = databaseURL
        self.bootstrapServers = bootstrapServers
    }
}
