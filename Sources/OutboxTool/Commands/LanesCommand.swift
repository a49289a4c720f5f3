import Outbox
import OutboxCommandLine

/// `outbox lanes`
enum LanesCommand {
    static let command = Command(
        "lanes", summary: "Lanes: who owns them, and how a dispatcher hands its own over.", subcommands: [list, drain])

    private static let owner = Option("owner", .text("instance"), help: "only those that this dispatcher owns")
    private static let undo = Flag("undo", help: "let it take its share again")
    private static let wait = Flag("wait", help: "wait until it owns no lane")
    private static let settings = [StandardSettings.databaseURL.definition]

    private static let list = Command(
        "list", summary: "Lists lanes: owner, epoch, when the lease ends, and how many events wait.",
        options: [owner.definition, OperatorOptions.json.definition], settings: settings
    ) { invocation in
        let entries = try await OperatorOptions.withPool(invocation) { pool in
            try await Lanes(pool: pool).list(owner: invocation[owner])
        }
        if invocation[OperatorOptions.json] {
            Console.standardOutput.writeLine(try JSONOutput.text(entries))
            return .success
        }
        guard !entries.isEmpty else {
            Console.standardOutput.writeLine("no lanes")
            return .success
        }
        var table = TextTable([
            .init("lane", .right), .init("owner"), .init("epoch", .right), .init("lease ends", .right),
            .init("pending", .right),
        ])
        for entry in entries {
            let lease = entry.leaseSeconds.map { "in \(DurationText.readable(seconds: max(0, $0)))" }
            table.add(["\(entry.lane)", entry.owner ?? "nobody", "\(entry.epoch)", lease ?? "", "\(entry.pending)"])
        }
        Console.standardOutput.writeLine(table.text)
        return .success
    }

    private static let drain = Command(
        "drain", summary: "Lets a dispatcher hand its lanes over to the others and take none.",
        discussion: """
            Each lane is handed over when what is in flight of it is settled. The dispatcher takes none until --undo or
            until it is started again. There is no command that shares lanes out anew: dispatchers keep the shares even
            by themselves, within a second or so of any change.
            """,
        options: [
            undo.definition, wait.definition, OperatorOptions.actor.definition, OperatorOptions.reason.definition,
        ],
        arguments: [Argument("instance", help: "the dispatcher's name (OUTBOX_INSTANCE)")], settings: settings
    ) { invocation in
        let instance = invocation.arguments[0]
        if invocation[undo], invocation[wait] { throw UsageError("--wait is for draining, not for --undo") }
        let actor = try OperatorOptions.actor(invocation)
        let reason = invocation[OperatorOptions.reason]
        return try await OperatorOptions.withPool(invocation) { pool in
            let lanes = Lanes(pool: pool)
            let change =
                invocation[undo]
                ? try await lanes.undrain(instance, actor: actor, reason: reason)
                : try await lanes.drain(instance, actor: actor, reason: reason)
            guard change.wasFound else {
                let live = change.shares.dispatchers.filter(\.isLive).map(\.instance).joined(separator: ", ")
                Console.standardError.writeLine(
                    "error: no dispatcher \(instance) lives; " + (live.isEmpty ? "none does" : "these do: \(live)"))
                return .failure
            }
            if invocation[undo] {
                Console.standardOutput.writeLine(
                    "\(instance) " + (change.wasMade ? "takes its share of the lanes again" : "was not drained"))
                return .success
            }
            if !change.shares.dispatchers.contains(where: \.isMember) {
                Console.standardError.writeLine(
                    "warning: no other dispatcher is there to take the lanes: nothing will be published")
            }
            Console.standardOutput.writeLine(
                "\(instance) " + (change.wasMade ? "hands its lanes over" : "was drained already"))
            return invocation[wait] ? try await waitUntilFree(instance, lanes) : .success
        }
    }

    private static func waitUntilFree(_ instance: String, _ lanes: Lanes) async throws -> ExitCode {
        var left = try await lanes.shares().dispatcher(instance)?.lanes ?? 0
        let progress = Progress("lanes handed over", total: left)
        while left > 0 {
            try await Task.sleep(for: .milliseconds(200))
            let dispatcher = try await lanes.shares().dispatcher(instance)
            if let dispatcher, dispatcher.isMember {
                progress.finish()
                Console.standardError.writeLine("error: \(instance) is not drained any more: restarted, or --undo")
                return .failure
            }
            let now = dispatcher?.lanes ?? 0
            progress.advance(by: max(0, left - now))
            left = min(left, now)
        }
        progress.finish()
        Console.standardOutput.writeLine("\(instance) owns no lane")
        return .success
    }
}
