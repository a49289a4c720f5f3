import LibPQ
import Outbox
import OutboxDispatcher
import OutboxDoctor
import OutboxTelemetry

extension Troubles {
    // MARK: The database

    var databaseTroubles: [Finding] {
        if let error = dispatcher.database ?? database {
            // A full disk is met only by who writes.
            return checked.database.isEmpty || error.sqlState == "53100" ? [Self.finding(of: error)] : checked.database
        }
        guard let schemaVersion, schemaVersion != OutboxMigrations.latestVersion else { return [] }
        let seen = "the schema has step \(schemaVersion), and this dispatcher knows \(OutboxMigrations.latestVersion)"
        if schemaVersion > OutboxMigrations.latestVersion {
            return [
                Finding(
                    .newerSchema, .schema, .warning, seen,
                    why: "This dispatcher is older than the one that made the schema, and does not know what is new.",
                    advice: "replace this dispatcher by the newer one")
            ]
        }
        return [
            Finding(
                .oldSchema, .schema, .warning, seen, why: "The schema is older than this dispatcher.",
                advice: "as the tables' owner; writers and dispatchers may go on meanwhile",
                commands: ["outbox migrate"])
        ]
    }

    /// What can be told from the error alone.
    private static func finding(of error: PQError) -> Finding {
        let seen = "the database says: \(LogRedaction.redacted(error.message))"
        let waits = "Events stay in the outbox until the database gives progress; none is lost."
        switch error.sqlState {
        case "42P01":
            return Finding(
                .tableMissing, .schema, .error, seen, why: waits, advice: "as the role that is to own the tables",
                commands: ["outbox migrate"])
        case "42501":
            return Finding(
                .roleWithoutRights, .schema, .error, seen, why: waits,
                advice: "make the group roles as the tables' owner, and this role a member of outbox_dispatcher",
                commands: ["outbox migrate --roles"])
        case "42703", "42883":
            return Finding(
                .oldSchema, .schema, .error, seen, why: "The schema is older than this dispatcher.",
                commands: ["outbox migrate"])
        case "53100":
            return Finding(
                .diskFull, .database, .error, seen,
                why: "Writers' transactions fail, and dispatchers can't settle; they go on by themselves once there is"
                    + " room.",
                advice: "free space on the disk with the data directory, or enlarge it", seeAlso: [.replicationSlot])
        default:
            return Finding(
                .databaseDown, .database, .error, seen, why: waits, commands: ["outbox doctor"], seeAlso: [.wrongPort])
        }
    }

    // MARK: The brokers

    var brokerTroubles: [Finding] {
        guard let reason = dispatcher.broker else { return [] }
        if !checked.broker.isEmpty { return checked.broker }
        let seen = "Kafka gives no progress: \(LogRedaction.redacted(reason))"
        let waits = "Events wait in the outbox until the brokers answer; no retry is counted for that."
        if dispatcher.hasBrokerAnswered {
            return [
                Finding(
                    .brokerDown, .broker, .error, seen, why: waits, advice: "start the brokers",
                    commands: ["outbox doctor"])
            ]
        }
        return [
            Finding(
                .wrongPort, .broker, .error, seen,
                why: "No broker has answered since this dispatcher started. " + waits,
                advice: "set KAFKA_BOOTSTRAP_SERVERS to where they listen", commands: ["outbox doctor"],
                seeAlso: [.brokerDown])
        ]
    }
}
