/// What can go wrong.
enum FaultKind: String, CaseIterable, Sendable, Codable {
    case dispatcherKill = "dispatcher-kill"
    case dispatcherPause = "dispatcher-pause"
    case dispatcherStop = "dispatcher-stop"
    case consumerKill = "consumer-kill"
    case consumerPause = "consumer-pause"
    case consumerStop = "consumer-stop"
    case postgresRestart = "postgres-restart"
    case postgresCrash = "postgres-crash"
    case postgresTerminate = "postgres-terminate"
    case diskFull = "disk-full"
    case brokerKill = "broker-kill"
    case brokerRestart = "broker-restart"
    case brokerPause = "broker-pause"
    case leaderChange = "leader-change"
    case replicasLost = "isr-loss"
    case networkDelay = "network-delay"
    case networkStall = "network-stall"
    case networkCut = "network-cut"
    case networkHalfClose = "network-half-close"
    case poisonPayload = "poison-payload"
    case poisonTopicName = "poison-topic-name"
    case poisonTopic = "poison-topic"
    case poisonSize = "poison-size"
    case poisonProjection = "poison-projection"
    case poisonRecord = "poison-record"

    /// What it does, for people.
    var summary: String {
        switch self {
        case .dispatcherKill: "SIGKILL of a dispatcher"
        case .dispatcherPause: "SIGSTOP of a dispatcher for longer than a lease"
        case .dispatcherStop: "SIGTERM of a dispatcher"
        case .consumerKill: "SIGKILL of a consumer"
        case .consumerPause: "SIGSTOP of a consumer for longer than its session"
        case .consumerStop: "SIGTERM of a consumer"
        case .postgresRestart: "a PostgreSQL server restarts (fast)"
        case .postgresCrash: "a PostgreSQL server crashes (immediate) and recovers"
        case .postgresTerminate: "pg_terminate_backend of all sessions"
        case .diskFull: "no space left on the disk of the outbox's database"
        case .brokerKill: "SIGKILL of a broker"
        case .brokerRestart: "SIGTERM of a broker, and its start"
        case .brokerPause: "SIGSTOP of a broker"
        case .leaderChange: "the partitions' leader goes, and leads again when it is back"
        case .replicasLost: "fewer replicas in sync than the topics ask for"
        case .networkDelay: "a connection delays all bytes"
        case .networkStall: "a connection stays open and carries nothing"
        case .networkCut: "a connection is cut, and none can be made"
        case .networkHalfClose: "one direction of a connection ends"
        case .poisonPayload: "an event whose payload is no object"
        case .poisonTopicName: "an event whose type can't be in a topic's name"
        case .poisonTopic: "an event whose topic doesn't exist"
        case .poisonSize: "an event over its topic's size limit"
        case .poisonProjection: "an event that the projection throws on"
        case .poisonRecord: "a malformed record of a foreign producer"
        }
    }

    /// What two faults at a time must not share.
    enum Resource: Hashable, Sendable {
        case dispatchers, consumers, databases, brokers, network, nothing
    }

    var resource: Resource {
        switch self {
        case .dispatcherKill, .dispatcherPause, .dispatcherStop: .dispatchers
        case .consumerKill, .consumerPause, .consumerStop: .consumers
        case .postgresRestart, .postgresCrash, .postgresTerminate, .diskFull: .databases
        case .brokerKill, .brokerRestart, .brokerPause, .leaderChange, .replicasLost: .brokers
        case .networkDelay, .networkStall, .networkCut, .networkHalfClose: .network
        case .poisonPayload, .poisonTopicName, .poisonTopic, .poisonSize, .poisonProjection, .poisonRecord: .nothing
        }
    }

    /// How long it lasts, in seconds; a moment where the upper bound is 0.
    ///
    /// - Parameter lease: the dispatchers' lease, in seconds.
    func seconds(lease: Double) -> ClosedRange<Double> {
        switch self {
        case .dispatcherPause: (lease + 1)...(lease + 4)
        // A member of the group is missed after 6 s.
        case .consumerPause: 7...10
        case .brokerPause, .networkStall, .networkDelay: 2...(lease + 3)
        case .brokerKill, .replicasLost, .diskFull, .leaderChange: 1...5
        case .postgresRestart, .postgresCrash, .networkCut: 0...4
        default: 0...0
        }
    }
}
