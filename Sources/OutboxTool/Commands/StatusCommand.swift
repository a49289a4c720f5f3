import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import OutboxCommandLine
import OutboxDispatcher

/// `outbox status`
enum StatusCommand {
    private static let json = Flag("json", help: "JSON for scripts")

    private struct Report: Encodable {
        let outbox: OutboxStatus
        let pending: Int64
        let parked: Int64
        let lag: [ConsumerLag]
    }

    static let command = Command(
        "status", summary: "Shows what waits in the outbox and who moves it: backlog, holds, parked, lanes, lag.",
        options: [json.definition],
        settings: [
            StandardSettings.bootstrapServers.definition, DispatcherSettings.topicTemplate.definition,
            ConsumerLag.groups.definition,
        ] + StandardSettings.database, readsKafkaProperties: true
    ) { invocation in
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.databaseURL), applicationName: "outbox status",
                pooling: try invocation.value(StandardSettings.databasePooling)),
            maximumConnections: 1, acquireTimeout: .seconds(15))
        let status: OutboxStatus
        do {
            status = try await OutboxStatus.read(from: pool)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
        let lag = try await lag(of: status, invocation)
        if invocation[json] {
            Console.standardOutput.writeLine(
                try JSONOutput.text(
                    Report(outbox: status, pending: status.pending, parked: status.parked, lag: lag)))
        } else {
            Console.standardOutput.writeLine(text(status, lag))
        }
        return .success
    }

    private static func lag(of status: OutboxStatus, _ invocation: Invocation) async throws -> [ConsumerLag] {
        let names = ConsumerLag.groupNames(invocation)
        guard !names.isEmpty else { return [] }
        let template = try invocation.value(DispatcherSettings.topicTemplate)
        return try await ConsumerLag.read(
            groups: names, topicPrefix: template.literalPrefix,
            bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
            properties: invocation.kafkaProperties)
    }

    private static func text(_ status: OutboxStatus, _ lag: [ConsumerLag]) -> String {
        var parts: [String] = []
        if status.aggregateTypes.isEmpty {
            parts.append("The outbox is empty: every event is settled.")
        } else {
            var table = TextTable([
                .init("aggregate type"), .init("pending", .right), .init("scheduled", .right),
                .init("held aggregates", .right), .init("parked", .right), .init("oldest", .right),
            ])
            for type in status.aggregateTypes {
                table.add([
                    type.aggregateType, "\(type.pending)", "\(type.scheduled)", "\(type.heldAggregates)",
                    "\(type.parked)", Readable.seconds(type.oldestAgeSeconds),
                ])
            }
            parts.append(table.text)
        }
        parts.append(LaneTexts.shares(status.lanes))
        if !lag.isEmpty {
            var table = TextTable([.init("group"), .init("topic"), .init("lag", .right)])
            for entry in lag { table.add([entry.group, entry.topic, "\(entry.events)"]) }
            parts.append(table.text)
        }
        let last = status.lastPublishedAt.map {
            "; the last was settled \(Readable.ago($0))"
        }
        parts.append("\(status.publishedKept) settled events kept\(last ?? "").")
        if status.parked > 0 { parts.append("\(status.parked) parked: see `outbox parked list`.") }
        return parts.joined(separator: "\n\n")
    }
}
