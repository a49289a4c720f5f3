import Outbox
import OutboxCommandLine

extension LanesCommand {
    private static let undo = Flag("undo", help: "let it take its share again")

    static let drain = Command(
        "drain", summary: "Lets a dispatcher hand its lanes over to the others and take none.",
        discussion: """
            Each lane is handed over when what is in flight of it is settled, and that waits while Kafka is out. The
            dispatcher takes none until --undo or until it is started again.
            """,
        options: [undo.definition] + LaneWait.definitions + [
            OperatorOptions.actor.definition, OperatorOptions.reason.definition,
        ],
        arguments: [Argument("instance", help: "the dispatcher's name (OUTBOX_INSTANCE)")], settings: settings
    ) { invocation in
        let instance = invocation.arguments[0]
        let wait = try LaneWait(invocation)
        let actor = try OperatorOptions.actor(invocation)
        let reason = invocation[OperatorOptions.reason]
        return try await OperatorOptions.withPool(invocation) { pool in
            let lanes = Lanes(pool: pool)
            let change =
                invocation[undo]
                ? try await lanes.undrain(instance, actor: actor, reason: reason)
                : try await lanes.drain(instance, actor: actor, reason: reason)
            guard let drained = change.shares.dispatcher(instance), drained.isAlive else {
                return notThere(instance, change.shares)
            }
            let isNews = change.instances.contains(instance)
            if invocation[undo] {
                let text = isNews ? "takes its share of the lanes again" : "was not drained"
                Console.standardOutput.writeLine("\(instance) \(text)")
                guard let wait else { return .success }
                return try await evenShares(wait, lanes)
            }
            let what = isNews ? "hands its lanes over" : "was drained already"
            Console.standardOutput.writeLine("\(instance) \(what): \(LaneTexts.count(drained.lanes)) left")
            if change.shares.takers.isEmpty {
                Console.standardError.writeLine("warning: \(LaneTexts.takers(of: change.shares))")
            }
            guard let wait else { return .success }
            return try await handOver(instance, wait, lanes)
        }
    }

    private static func notThere(_ instance: String, _ shares: LaneShares) -> ExitCode {
        let alive = shares.dispatchers.filter(\.isAlive).map(\.instance).joined(separator: ", ")
        Console.standardError.writeLine(
            "error: no dispatcher \(instance) lives; " + (alive.isEmpty ? "none does" : "these do: \(alive)"))
        return .failure
    }

    private struct IsNotDrained: Error {}

    /// Waits until a dispatcher owns no lane and others own them all.
    private static func handOver(_ name: String, _ wait: LaneWait, _ lanes: Lanes) async throws -> ExitCode {
        let shares: LaneShares
        do {
            shares = try await wait.run(lanes) { shares in
                if shares.dispatcher(name)?.state == .live { throw IsNotDrained() }
                return (shares.dispatcher(name)?.lanes.count ?? 0) + shares.unowned.count
            }
        } catch is IsNotDrained {
            Console.standardError.writeLine(
                "error: \(name) is not drained any more: it was started again, or somebody has undone it")
            return .failure
        }
        let (own, free) = (shares.dispatcher(name)?.lanes ?? [], shares.unowned)
        guard !own.isEmpty || !free.isEmpty else {
            Console.standardOutput.writeLine("\(name) owns no lane\n\n\(LaneTexts.shares(shares))")
            return .success
        }
        let limit = DurationText.format(wait.limit)
        if !own.isEmpty {
            Console.standardError.writeLine(
                "error: after \(limit), \(name) still owns \(LaneTexts.count(own)): \(LaneTexts.numbers(own)), until "
                    + "what is in flight of them is settled; " + LaneTexts.takers(of: shares))
        }
        if !free.isEmpty {
            Console.standardError.writeLine(
                "error: after \(limit), nobody has taken \(LaneTexts.count(free)): \(LaneTexts.numbers(free)); "
                    + LaneTexts.takers(of: shares))
        }
        return .failure
    }
}
