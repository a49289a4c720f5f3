import LibPQ
import OutboxDispatcher
import OutboxDoctor

/// Finds what is wrong in what is known, with the ids and, where it can, in the words of the check-up. Decides only.
struct Troubles {
    var dispatcher = DispatcherTroubles()
    var health: DispatcherHealth?
    /// The error of the console's own last queries.
    var database: PQError?
    /// What the check-up said of servers that give no progress.
    var checked = CheckedServers()
    /// Version of the schema that the database has; `nil` when that is not known.
    var schemaVersion: Int?
    var held: [HeldSection.Row] = []
    /// How many events are parked in all, and how many aggregates are on hold.
    var parkedCount = 0
    var heldCount = 0
    /// What is wrong with the lanes' shares.
    var shares: [Finding] = []
    var consumers: [Finding] = []
    var deadLetters: [ReadModelSection.DeadLetter] = []

    /// - Returns: the worst first, then in the order in which events go.
    func list() -> [Finding] {
        (databaseTroubles + brokerTroubles + topicTroubles + eventTroubles + laneTroubles + consumers
            + deadLetterTroubles)
            .enumerated().sorted {
                ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
            }.map(\.element)
    }
}

/// What the check-up said of a server, while it gives no progress.
struct CheckedServers {
    var database: [Finding] = []
    var broker: [Finding] = []
}
