import Glibc
import OutboxCommandLine

let isConsumer = CommandLine.arguments.dropFirst().first == ConsumeCommand.command.name
let root =
    isConsumer
    ? Command("Faults", summary: "The fault harness.", subcommands: [ConsumeCommand.command]) : FaultsCommand.command
// Before anything else makes threads, which would stay behind.
if !isConsumer { SmallDisk.enterNamespace() }
exit(await CommandLineTool(root, version: "0.1.0").run())
