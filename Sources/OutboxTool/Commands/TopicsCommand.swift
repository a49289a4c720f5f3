import LibPQ
import LibRDKafka
import Outbox
import OutboxCommandLine
import OutboxDispatcher

/// `outbox topics`
enum TopicsCommand {
    private static let types = Option(
        "types", .text("a,b"), help: "aggregate types, separated by commas (default: those found in the outbox)")
    private static let create = Flag("create", help: "make the topics that are missing")
    private static let alter = Flag("alter", help: "give the topics that are there the settings of --config")
    private static let partitions = Option(
        "partitions", .integer(1...100_000), help: "partitions of a new topic", defaultValue: 6)
    private static let replication = Option(
        "replication", .integer(1...1000), help: "replicas of a new topic (default: the cluster's own)")
    private static let config = Option(
        "config", .text("name=value,…"),
        help: "settings of a topic, e.g. retention.ms=604800000,min.insync.replicas=2")
    private static let json = Flag("json", help: "JSON for scripts")
    private static let database = StandardSettings.databaseURL.optional(
        help: "libpq URL of the database that holds the outbox; needed without --types only")

    static let command = Command(
        "topics",
        summary: "Checks the aggregate types' topics, makes those that are missing, or changes their settings.",
        discussion: """
            Shows each topic with its partitions, replication and the settings that matter. Exit status 1 when one is
            missing. More partitions move keys: choose their number before the first event.
            """,
        options: [
            types.definition, create.definition, alter.definition, partitions.definition, replication.definition,
            config.definition,
            json.definition,
        ],
        settings: [
            database.definition, StandardSettings.databasePooling.definition,
            StandardSettings.bootstrapServers.definition,
            DispatcherSettings.topicTemplate.definition,
        ], readsKafkaProperties: true
    ) { invocation in
        let topics = try await wantedTopics(invocation)
        let admin = try KafkaAdmin(
            bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
            properties: invocation.kafkaProperties)
        do {
            let code = try await check(topics, admin: admin, invocation)
            await admin.close()
            return code
        } catch {
            await admin.close()
            throw error
        }
    }

    private struct TopicState: Encodable {
        let topic: String
        var exists = false
        var created = false
        var partitions = 0
        var replication = 0
        var settings: [String: String] = [:]
        var problem: String?
    }

    private static let shownSettings = ["min.insync.replicas", "max.message.bytes", "retention.ms"]

    private static func wantedTopics(_ invocation: Invocation) async throws -> [String] {
        let template = try invocation.value(DispatcherSettings.topicTemplate)
        let names: [String]
        if let text = invocation[types] {
            names = text.split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
        } else {
            guard let url = invocation[database] else {
                throw UsageError("give --types, or DATABASE_URL to look the aggregate types up in the outbox")
            }
            let connection = try await PQConnection.connect(
                PQConfiguration(url: url, pooling: try invocation.value(StandardSettings.databasePooling)))
            let rows = try await connection.query(
                "SELECT DISTINCT aggregate_type FROM outbox_events ORDER BY aggregate_type")
            names = try rows.rows.map { try $0.decode(0, as: String.self) }
            await connection.close()
            guard !names.isEmpty else { throw UsageError("the outbox holds no events yet: give --types") }
        }
        return try names.map { name in
            guard let topic = template.topicName(for: name) else {
                throw UsageError("the aggregate type \"\(name)\" makes no topic name that Kafka allows")
            }
            return topic
        }
    }

    private static func configuration(_ invocation: Invocation) throws(UsageError) -> [String: String] {
        var result: [String: String] = [:]
        for pair in (invocation[config] ?? "").split(separator: ",") {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw UsageError("--config is \"\(pair)\": allowed is name=value, several separated by commas")
            }
            result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
        }
        return result
    }

    private static func check(
        _ topics: [String], admin: KafkaAdmin, _ invocation: Invocation
    ) async throws -> ExitCode {
        let configuration = try configuration(invocation)
        if invocation[alter], configuration.isEmpty { throw UsageError("--alter changes what --config says: give it") }
        var states: [TopicState] = []
        let metadata = try await admin.metadata(topics: topics, timeout: .seconds(10))
        for topic in topics {
            var state = TopicState(topic: topic)
            let found = metadata.topic(topic)
            if found == nil || found?.error?.code == .unknownTopicOrPartition || found?.error?.code == .unknownTopic {
                if invocation[create] {
                    try await make(&state, admin: admin, invocation, configuration)
                } else {
                    state.problem = "missing: run `outbox topics --create`"
                }
            } else if let found {
                state.exists = true
                state.problem = found.error.map { "\($0)" }
                state.partitions = found.partitions.count
                state.replication = found.partitions.first?.replicas.count ?? 0
                if invocation[alter], state.problem == nil {
                    try await admin.alterTopicConfig(topic, configuration.mapValues { $0 })
                }
                if let configs = try? await admin.describeTopicConfigs([topic])[topic] {
                    state.settings = configs.filter { shownSettings.contains($0.key) }
                }
                warn(&state, invocation)
            }
            states.append(state)
        }
        try show(states, invocation)
        return states.allSatisfy { $0.exists || $0.created } ? .success : .failure
    }

    private static func make(
        _ state: inout TopicState, admin: KafkaAdmin, _ invocation: Invocation, _ configuration: [String: String]
    ) async throws {
        let count = invocation[partitions] ?? 6
        let results = try await admin.createTopics([
            KafkaNewTopic(
                state.topic, partitions: Int32(count), replicationFactor: Int32(invocation[replication] ?? -1),
                settings: configuration)
        ])
        if let error = results.first?.error, error.code != .topicAlreadyExists {
            state.problem = "\(error)"
        } else {
            state.created = true
            state.partitions = count
            state.replication = invocation[replication] ?? 0
            state.settings = configuration
        }
    }

    private static func warn(_ state: inout TopicState, _ invocation: Invocation) {
        guard state.problem == nil else { return }
        if let wanted = invocation[replication], wanted != state.replication {
            state.problem = "has \(state.replication) replicas, not \(wanted)"
        } else if state.replication >= 3, state.settings["min.insync.replicas"] == "1" {
            state.problem = "min.insync.replicas is 1: an acknowledged event can be lost with one broker"
        }
    }

    private static func show(_ states: [TopicState], _ invocation: Invocation) throws {
        if invocation[json] {
            Console.standardOutput.writeLine(try JSONOutput.text(states))
            return
        }
        var table = TextTable([
            .init("topic", maximumWidth: 120), .init("state"), .init("partitions", .right),
            .init("replication", .right), .init("settings", maximumWidth: 100), .init("to do", maximumWidth: 100),
        ])
        for state in states {
            table.add([
                state.topic, state.created ? "created" : state.exists ? "there" : "missing",
                state.partitions > 0 ? "\(state.partitions)" : "", state.replication > 0 ? "\(state.replication)" : "",
                state.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
                state.problem ?? "",
            ])
        }
        Console.standardOutput.writeLine(table.text)
    }
}
