import OutboxCommandLine

extension TopicFacts {
    /// What a broker takes unless told otherwise.
    private static let usualMaximum: Int64 = 1_048_588

    func findings(_ configuration: DoctorConfiguration, brokers: Int) -> [Finding] {
        guard let name else {
            return [
                finding(
                    .topicName, .error, "the aggregate type \"\(aggregateType)\" makes no topic name that Kafka allows",
                    why: "Its events fail, and are parked in the end.",
                    advice: "letters, digits, '.', '_' and '-' are allowed: mend the writer",
                    commands: [
                        "outbox parked park --type \(Readable.quoted(aggregateType)) --as \"$USER\" --reason mistyped"
                    ])
            ]
        }
        let type = Readable.quoted(aggregateType)
        guard exists else {
            let partitions = max(6, configuration.partitions)
            return [
                finding(
                    .topicMissing, .error, "the topic \(name) does not exist",
                    why: "The events of its aggregate type wait, all others go on.",
                    commands: ["outbox topics --types \(type) --create --partitions \(partitions)"])
            ]
        }
        if let error {
            return [
                finding(
                    .topicMissing, .error, "the topic \(name) can't be used: \(error)",
                    why: "The events of its aggregate type wait.", advice: "allow this user to describe and write to it"
                )
            ]
        }
        return leaders(name) + size(name, type) + durability(name, type, brokers: brokers)
            + retention(name, type, inbox: configuration.inboxRetention)
            + partitionCount(name, wanted: configuration.partitions)
    }

    /// What can only be said of several.
    static func comparison(_ topics: [TopicFacts]) -> [Finding] {
        let counts = Set(topics.filter { $0.partitions > 0 }.map(\.partitions))
        guard counts.count > 1 else { return [] }
        let list = topics.filter { $0.partitions > 0 }.map { "\($0.name ?? "") \($0.partitions)" }
        return [
            Finding(
                .topicPartitions, .topics, .note,
                "the topics have different numbers of partitions: \(list.joined(separator: ", "))",
                why: "That may be meant. More partitions later move keys, so the number is for good.")
        ]
    }

    private func leaders(_ name: String) -> [Finding] {
        guard leaderless > 0 || underReplicated > 0 else { return [] }
        return [
            finding(
                .topicWithoutLeader, leaderless > 0 ? .error : .warning,
                leaderless > 0
                    ? "of \(name), \(leaderless) of \(partitions) partitions have no leader"
                    : "of \(name), \(underReplicated) of \(partitions) partitions are not held whole by all their brokers",
                why: leaderless > 0 ? "The topic takes nothing." : "One more broker's loss may stop the topic.",
                advice: "start the brokers that are missing", seeAlso: [.brokerDown])
        ]
    }

    private func size(_ name: String, _ type: String) -> [Finding] {
        let limit = setting("max.message.bytes") ?? Self.usualMaximum
        guard largestBytes > limit * 8 / 10 else { return [] }
        let isOver = largestBytes > limit
        // In whole mebibytes, with as much again to spare.
        let wanted = ((largestBytes * 2) >> 20 + 1) << 20
        return [
            finding(
                .topicTooSmall, isOver ? .error : .warning,
                "\(name) takes records up to \(Readable.bytes(limit)), and an event of the outbox has about"
                    + " \(Readable.bytes(largestBytes))",
                why: isOver
                    ? "The event fails, and its aggregate waits behind it." : "A larger one would hold its aggregate.",
                advice: "or let the writer put less into events; consumers fetch larger records without being told",
                commands: ["outbox topics --types \(type) --alter --config max.message.bytes=\(wanted)"])
        ]
    }

    private func durability(_ name: String, _ type: String, brokers: Int) -> [Finding] {
        guard replication > 1 else {
            guard replication == 1 else { return [] }
            return [
                finding(
                    .topicReplication, brokers > 1 ? .warning : .note,
                    "\(name) is kept by one broker only" + (brokers > 1 ? "" : ", as there is one only"),
                    why: "With that broker's disk, events are gone that were acknowledged.",
                    advice: brokers > 1
                        ? "kafka-reassign-partitions.sh gives a topic more replicas; new ones: outbox topics --replication 3"
                        : "for more than a trial, run three brokers")
            ]
        }
        guard let inSync = setting("min.insync.replicas") else { return [] }
        let better = replication > 2 ? 2 : 1
        let command = "outbox topics --types \(type) --alter --config min.insync.replicas=\(better)"
        if inSync >= Int64(replication) {
            return [
                finding(
                    .topicDurability, .warning,
                    "\(name) has min.insync.replicas=\(inSync) of \(replication) replicas",
                    why: "One broker's loss, or its restart, stops the topic.", commands: [command])
            ]
        }
        if inSync < 2 {
            return [
                finding(
                    .topicDurability, .warning, "\(name) has min.insync.replicas=1",
                    why: "An acknowledged event may be on one broker only, and is lost with it.",
                    advice: replication > 2
                        ? nil : "with 2 replicas only: give it 3 first, or 2 in sync stop it with each loss",
                    commands: replication > 2 ? [command] : [])
            ]
        }
        if settings?["unclean.leader.election.enable"] == "true" {
            return [
                finding(
                    .topicDurability, .warning, "\(name) has unclean.leader.election.enable=true",
                    why: "A broker that lacks acknowledged events may become leader: they are lost.",
                    commands: ["outbox topics --types \(type) --alter --config unclean.leader.election.enable=false"])
            ]
        }
        return []
    }

    private func retention(_ name: String, _ type: String, inbox: Duration) -> [Finding] {
        if settings?["cleanup.policy"]?.contains("compact") == true {
            return [
                finding(
                    .topicRetention, .warning, "\(name) is compacted",
                    why: "Only an aggregate's last event stays; who comes late, or rebuilds, misses the others.",
                    commands: ["outbox topics --types \(type) --alter --config cleanup.policy=delete"])
            ]
        }
        guard let milliseconds = setting("retention.ms") else { return [] }
        let inboxMilliseconds = Int64(inbox / .milliseconds(1))
        guard milliseconds < 0 || milliseconds > inboxMilliseconds else { return [] }
        return [
            finding(
                .topicRetention, .warning,
                "\(name) keeps records \(milliseconds < 0 ? "for ever" : "for \(Readable.seconds(Double(milliseconds) / 1000))"),"
                    + " and the inbox remembers for \(Readable.seconds(Double(inboxMilliseconds) / 1000))",
                why: "A consumer that reads again what its inbox has forgotten applies it twice.",
                advice: "or raise the inbox's retention, and tell it to doctor with --inbox-retention",
                commands: ["outbox topics --types \(type) --alter --config retention.ms=\(inboxMilliseconds)"])
        ]
    }

    private func partitionCount(_ name: String, wanted: Int) -> [Finding] {
        guard partitions < wanted else { return [] }
        return [
            finding(
                .topicPartitions, .warning,
                "\(name) has \(Readable.count(partitions, "partition")), fewer than the \(wanted) asked for",
                why: "More consumers than partitions are idle.",
                advice:
                    "adding partitions moves keys: an aggregate's later events may overtake earlier ones; do it only"
                    + " when all events of the topic are consumed")
        ]
    }

    private func finding(
        _ id: FindingID, _ severity: Finding.Severity, _ seen: String, why: String, advice: String? = nil,
        commands: [String] = [], seeAlso: [FindingID] = []
    ) -> Finding {
        Finding(id, .topics, severity, seen, why: why, advice: advice, commands: commands, seeAlso: seeAlso)
    }
}
