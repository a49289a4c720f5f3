import Outbox
import OutboxCommandLine

/// `outbox lanes`
enum LanesCommand {
    static let command = Command(
        "lanes", summary: "Lanes: who owns them, and how a dispatcher hands its own over.",
        subcommands: [list, drain, rebalance])

    static let settings = StandardSettings.database

    private static let owner = Option("owner", .text("instance"), help: "only those of this dispatcher")

    private static let list = Command(
        "list", summary: "Lists lanes: owner, epoch, when the lease ends, how many events wait; then the shares.",
        options: [owner.definition, OperatorOptions.json.definition], settings: settings
    ) { invocation in
        let listing = try await OperatorOptions.withPool(invocation) { pool in
            try await Lanes(pool: pool).list(owner: invocation[owner])
        }
        if invocation[OperatorOptions.json] {
            Console.standardOutput.writeLine(try JSONOutput.text(listing))
            return .success
        }
        var table = TextTable([
            .init("lane", .right), .init("owner"), .init("epoch", .right), .init("lease ends", .right),
            .init("pending", .right),
        ])
        for entry in listing.lanes {
            let owner = entry.isExpired ? "nobody" : entry.owner
            table.add([
                "\(entry.lane)", owner ?? "nobody", "\(entry.epoch)", entry.leaseSeconds.map(LaneTexts.lease) ?? "",
                "\(entry.pending)",
            ])
        }
        let lanes = listing.lanes.isEmpty ? "no lanes" : table.text
        Console.standardOutput.writeLine("\(lanes)\n\n\(LaneTexts.shares(listing.shares))")
        return .success
    }
}
