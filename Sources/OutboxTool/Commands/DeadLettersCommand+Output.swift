import FoundationEssentials
import IdempotentConsumer
import OutboxCommandLine

extension DeadLettersCommand {
    static func write(
        _ entries: [some Encodable], _ table: TextTable, empty: String, _ invocation: Invocation
    ) throws -> ExitCode {
        if invocation[OperatorOptions.json] {
            Console.standardOutput.writeLine(try JSONOutput.text(entries))
        } else {
            Console.standardOutput.writeLine(entries.isEmpty ? empty : table.text)
        }
        return .success
    }

    static func table(_ entries: [HeldAggregate]) -> TextTable {
        var table = TextTable([
            .init("aggregate"), .init("state"), .init("since"), .init("attempts", .right), .init("waiting", .right),
            .init("first event"), .init("event type"), .init("reason", maximumWidth: 100),
        ])
        for entry in entries {
            table.add([
                "\(entry.aggregateType):\(entry.aggregateID)", entry.state.rawValue, Readable.ago(entry.heldAt),
                "\(entry.attempts)", "\(entry.waiting)", entry.eventID?.uuidString.lowercased() ?? "",
                entry.eventType ?? "", entry.lastError,
            ])
        }
        return table
    }

    static func table(_ entries: [DeadLetter]) -> TextTable {
        var table = TextTable([
            .init("record"), .init("written"), .init("key"), .init("kind"), .init("attempts", .right),
            .init("reason", maximumWidth: 100),
        ])
        for entry in entries {
            table.add([
                entry.source, entry.timestamp.map(Readable.ago) ?? "", entry.key ?? "", entry.reason,
                entry.attempts.map { "\($0)" } ?? "", entry.error,
            ])
        }
        return table
    }

    static func report(_ count: Int, _ noun: String, _ what: String, nothing: String) -> ExitCode {
        guard count > 0 else {
            Console.standardError.writeLine("error: \(nothing)")
            return .failure
        }
        Console.standardOutput.writeLine("\(Readable.count(count, noun)) \(what)")
        return .success
    }
}
