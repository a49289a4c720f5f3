import LibPQ
import Outbox
import OutboxDispatcher
import OutboxTelemetry

/// Finds what is wrong in what is known. Decides only.
struct Troubles {
    var dispatcher = DispatcherTroubles()
    var health: DispatcherHealth?
    /// The error of the console's own last queries.
    var database: PQError?
    /// Version of the schema that the database has; `nil` when that is not known.
    var schemaVersion: Int?
    var held: [HeldSection.Row] = []
    var unownedLanes = 0
    /// Groups that have something to read and do not move.
    var stoppedGroups: [String] = []

    /// - Returns: the worst first.
    func list() -> [Trouble] {
        (databaseTroubles + brokerTroubles + topicTroubles + eventTroubles + laneTroubles + consumerTroubles)
            .enumerated().sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }.map(\.element)
    }

    // MARK: The database

    private var databaseTroubles: [Trouble] {
        if let error = dispatcher.database ?? database { return [Self.trouble(of: error)] }
        guard let schemaVersion, schemaVersion != OutboxMigrations.latestVersion else { return [] }
        let isOld = schemaVersion < OutboxMigrations.latestVersion
        return [
            Trouble(
                id: "old-schema", severity: .warn,
                title: isOld
                    ? "The database's schema is older than this dispatcher"
                    : "This dispatcher is older than the schema",
                detail:
                    "The database has version \(schemaVersion), this dispatcher knows \(OutboxMigrations.latestVersion).",
                remedy: isOld ? "outbox migrate" : "Replace this dispatcher by the newer one.")
        ]
    }

    private static func trouble(of error: PQError) -> Trouble {
        let detail = LogRedaction.redacted(error.message)
        switch error.sqlState {
        case "42P01":
            return Trouble(
                id: "table-missing", severity: .fail, title: "A table of the outbox is missing", detail: detail,
                remedy: "outbox migrate")
        case "42501":
            return Trouble(
                id: "role-without-rights", severity: .fail, title: "The dispatcher's role lacks rights", detail: detail,
                remedy: "outbox migrate --roles")
        case "42703", "42883":
            return Trouble(
                id: "old-schema", severity: .fail, title: "The database's schema is older than this dispatcher",
                detail: detail, remedy: "outbox migrate")
        case "53100":
            return Trouble(
                id: "disk-full", severity: .fail, title: "PostgreSQL's disk is full", detail: detail,
                remedy: "Free space on the database's disk; events wait meanwhile, none is lost.")
        default:
            return Trouble(
                id: "database-down", severity: .fail, title: "PostgreSQL gives no progress", detail: detail,
                remedy: "outbox doctor")
        }
    }

    // MARK: The brokers

    private var brokerTroubles: [Trouble] {
        guard let reason = dispatcher.broker else { return [] }
        let detail = LogRedaction.redacted(reason)
        if dispatcher.hasBrokerAnswered {
            return [
                Trouble(
                    id: "broker-down", severity: .fail, title: "Kafka gives no progress", detail: detail,
                    remedy: "Start the brokers; events wait meanwhile, none is lost.")
            ]
        }
        return [
            Trouble(
                id: "wrong-port", severity: .fail, title: "No broker has answered since this dispatcher started",
                detail: "\(detail). The address or port may be wrong, or the broker may be down (broker-down).",
                remedy: "Check KAFKA_BOOTSTRAP_SERVERS.")
        ]
    }

    private var topicTroubles: [Trouble] {
        dispatcher.topics.map { topic in
            let isMissing = topic.reason.contains("does not exist")
            return Trouble(
                id: isMissing ? "topic-missing" : "topic-on-hold", severity: .fail,
                title: isMissing ? "The topic \(topic.name) is missing" : "The topic \(topic.name) takes no events",
                detail: LogRedaction.redacted(topic.reason),
                remedy: isMissing ? "outbox topics --create" : nil)
        }
    }

    // MARK: Events

    private var eventTroubles: [Trouble] {
        let tooLarge = held.filter(\.isTooLarge)
        let poisoned = held.filter { !$0.isTooLarge }
        return [
            Self.trouble(
                "topic-too-small", "An event is larger than its topic takes", tooLarge,
                "Raise the topic's max.message.bytes, then retry."),
            Self.trouble(
                "poisoned-event", "An event can't be published", poisoned,
                "Mend its cause, then retry; or discard it."),
        ].compactMap { $0 }
    }

    private static func trouble(
        _ id: String, _ title: String, _ rows: [HeldSection.Row], _ remedy: String
    ) -> Trouble? {
        guard let first = rows.first else { return nil }
        let isParked = rows.contains { $0.parked }
        let aggregates = rows.count == 1 ? "1 aggregate waits" : "\(rows.count) aggregates wait"
        return Trouble(
            id: id, severity: isParked ? .fail : .warn, title: title,
            detail: "\(aggregates): \(first.aggregateType):\(first.aggregateID)"
                + (rows.count > 1 ? " and others" : "") + ", \(first.reason ?? "no reason is known")",
            remedy: remedy)
    }

    // MARK: Lanes and consumers

    private var laneTroubles: [Trouble] {
        var troubles: [Trouble] = []
        if health?.isStuck == true {
            troubles.append(
                Trouble(
                    id: "loop-stuck", severity: .fail, title: "This dispatcher's loop does not move",
                    detail: "It has not moved for a minute, which no outage explains.", remedy: "Restart it."))
        }
        if unownedLanes > 0, dispatcher.database == nil {
            troubles.append(
                Trouble(
                    id: "lanes-unowned", severity: .warn, title: "Lanes are owned by nobody",
                    detail:
                        "\(unownedLanes) wait for a dispatcher; a live one takes them when their lease has run out.",
                    remedy: "outbox lanes list"))
        }
        if health?.isDrained == true {
            troubles.append(
                Trouble(
                    id: "dispatcher-drained", severity: .warn, title: "This dispatcher is drained",
                    detail: "An operator told it to hand its lanes over.", remedy: "outbox lanes drain --undo"))
        }
        return troubles
    }

    private var consumerTroubles: [Trouble] {
        stoppedGroups.map { group in
            Trouble(
                id: "consumer-stopped", severity: .fail, title: "The consumer \(group) does not move",
                detail: "There are events for it on the topics, and it has read none of them for a while.",
                remedy: "Start it, or read its log.")
        }
    }
}
