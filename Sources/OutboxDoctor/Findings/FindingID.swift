/// What a finding is about. A trouble's id is also the anchor of its section in the documentation's page Troubles.
package enum FindingID: String, Sendable, Hashable, Codable, CaseIterable {
    // What is in order
    case database, schema, rights, index, sessions, vacuum, disk, clock, broker, topics, dispatchers, events, consumers
    case readModel = "read-model"

    // A server
    case databaseDown = "database-down"
    case brokerDown = "broker-down"
    case wrongPort = "wrong-port"
    case hostUnknown = "host-unknown"
    case loginRefused = "login-refused"
    case databaseMissing = "database-missing"
    case tls = "tls-refused"
    case advertisedAddress = "advertised-address"
    case serverTooOld = "server-too-old"
    case readOnlyServer = "read-only-server"
    case connectionsUsedUp = "connections-used-up"
    case diskFull = "disk-full"
    case clockDiffers = "clock-differs"

    // The outbox's tables
    case tableMissing = "table-missing"
    case oldSchema = "old-schema"
    case newerSchema = "newer-schema"
    case laneIndexMissing = "lane-index-missing"
    case laneIndexUnused = "lane-index-unused"
    case roleWithoutRights = "role-without-rights"
    case roleWithTooManyRights = "role-with-too-many-rights"
    case longTransaction = "long-transaction"
    case replicationSlot = "replication-slot"
    case deadRows = "dead-rows"

    // The topics
    case topicMissing = "topic-missing"
    case topicName = "topic-name"
    case topicTooSmall = "topic-too-small"
    case topicWithoutLeader = "topic-without-leader"
    case topicPartitions = "topic-partitions"
    case topicReplication = "topic-replication"
    case topicDurability = "topic-durability"
    case topicRetention = "topic-retention"

    // Who works
    case nobodyDispatches = "nobody-dispatches"
    case lanesWithoutOwner = "lanes-without-owner"
    case lanesDiffer = "lanes-differ"
    case eventsWait = "events-wait"
    case poisonedEvent = "poisoned-event"
    case consumerStopped = "consumer-stopped"
    case consumerBehind = "consumer-behind"
    case deadLetters = "dead-letters"

    // The check-up itself
    case notAllowedToLook = "not-allowed-to-look"
    case notLookedAt = "not-looked-at"
}
