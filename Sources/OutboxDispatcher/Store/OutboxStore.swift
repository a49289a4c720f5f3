import FoundationEssentials
import LibPQ

/// The dispatcher's statements on the outbox's tables. Each is one round trip.
struct OutboxStore: Sendable {
    /// How the dispatcher's sessions plan: its statements must walk their indexes in order, whatever the statistics say.
    /// With a large backlog the planner would rather sort a whole lane; and what it planned for a table that was empty
    /// must still do when the table is full.
    static let sessionSettings = [
        "enable_seqscan": "off", "enable_bitmapscan": "off", "enable_sort": "off", "enable_hashjoin": "off",
        "enable_mergejoin": "off",
        "jit": "off", "plan_cache_mode": "force_generic_plan",
    ]

    let pool: PQPool
    let instance: String
    /// Tells this process from others that were started under the same name.
    let incarnation = UUID()
    let lanes: Int
    let keepsRows: Bool
    let maximumRetries: Int

    init(pool: PQPool, configuration: DispatcherConfiguration) {
        self.pool = pool
        instance = configuration.instance
        lanes = configuration.lanes
        keepsRows = configuration.retention != .none
        maximumRetries = configuration.maximumRetries
    }
}
