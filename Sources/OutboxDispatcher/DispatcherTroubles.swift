package import LibPQ

/// What keeps a dispatcher from progress, for people who look at it.
package struct DispatcherTroubles: Sendable, Equatable {
    /// A topic that takes no events while others do.
    package struct Topic: Sendable, Equatable {
        /// Its name.
        package let name: String
        /// The type of the aggregates whose events go there.
        package let aggregateType: String
        /// Why it takes none.
        package let reason: String
    }

    /// The database's last error; `nil` while it gives progress.
    package var database: PQError?
    /// Why the brokers take no messages; `nil` while they do.
    package var broker: String?
    /// Whether any broker has answered since the start.
    package var hasBrokerAnswered = false
    /// Those on hold, by name; the first few of them.
    package var topics: [Topic] = []

    /// The most topics that are named.
    static let mostTopics = 20

    /// Nothing is known to be wrong.
    package init() {}
}
