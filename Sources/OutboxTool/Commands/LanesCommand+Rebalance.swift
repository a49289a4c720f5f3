import Outbox
import OutboxCommandLine

extension LanesCommand {
    private static let undoDrains = Flag("undo-drains", help: "let every drained dispatcher take its share again")

    static let rebalance = Command(
        "rebalance", summary: "Shows whether the lanes are shared evenly, ends drains, and waits until they are.",
        discussion: """
            Dispatchers even their shares out by themselves, within a second or so of any change: nothing has to be
            started for that. What keeps shares uneven is a dispatcher that somebody has drained, which --undo-drains
            ends, and lanes that are in flight, which move when they are settled.
            """,
        options: [undoDrains.definition] + LaneWait.definitions + [
            OperatorOptions.actor.definition, OperatorOptions.reason.definition,
        ], settings: settings
    ) { invocation in
        let wait = try LaneWait(invocation)
        let endsDrains = invocation[undoDrains]
        let actor = endsDrains ? try OperatorOptions.actor(invocation) : ""
        return try await OperatorOptions.withPool(invocation) { pool in
            let lanes = Lanes(pool: pool)
            var shares = try await lanes.shares()
            Console.standardOutput.writeLine(LaneTexts.shares(shares))
            if endsDrains {
                let change = try await lanes.undrain(actor: actor, reason: invocation[OperatorOptions.reason])
                for name in change.instances {
                    Console.standardOutput.writeLine("\(name) takes its share of the lanes again")
                }
                shares = change.shares
            }
            for drained in shares.dispatchers where drained.state == .drained {
                Console.standardOutput.writeLine("\(drained.instance) is left out: drained; --undo-drains ends that")
            }
            guard !shares.takers.isEmpty else {
                Console.standardError.writeLine("error: \(LaneTexts.takers(of: shares))")
                return .failure
            }
            if shares.areEven {
                Console.standardOutput.writeLine("The shares are even: nothing moves.")
                return .success
            }
            Console.standardOutput.writeLine(
                "The dispatchers even the shares out now, each lane when what is in flight of it is settled.")
            guard let wait else { return .success }
            return try await evenShares(wait, lanes)
        }
    }

    /// Waits until the shares are even, and shows them.
    static func evenShares(_ wait: LaneWait, _ lanes: Lanes) async throws -> ExitCode {
        let shares = try await wait.run(lanes) { $0.surplus.values.reduce(0, +) + $0.unowned.count }
        Console.standardOutput.writeLine("\n\(LaneTexts.shares(shares))")
        if shares.areEven { return .success }
        let surplus = shares.surplus.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
        let whose = surplus.isEmpty ? "" : "; lanes that should move: " + surplus.joined(separator: ", ")
        Console.standardError.writeLine(
            "error: after \(DurationText.format(wait.limit)), the shares are not even\(whose); "
                + LaneTexts.takers(of: shares))
        return .failure
    }
}
