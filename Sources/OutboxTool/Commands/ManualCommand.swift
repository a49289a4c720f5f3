import FoundationEssentials
import Outbox
import OutboxCommandLine

/// `outbox manual` and `outbox environment`: what a package keeps in files.
enum ManualCommand {
    static let manual = Command(
        "manual", summary: "Prints the manual page, in the language of man.",
        discussion: "Its date is that of SOURCE_DATE_EPOCH, seconds since 1970, or else today's."
    ) { _ in
        let epoch = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap(TimeInterval.init)
        let date = epoch.map(Date.init(timeIntervalSince1970:)) ?? .now
        let page = ManualPage(
            OutboxCommand.root, version: OutboxCommand.version, date: String(RFC3339.format(date).prefix(10)))
        Console.standardOutput.writeLine(page.text)
        return .success
    }

    static let environment = Command(
        "environment", summary: "Prints a file of all settings with their defaults, for a service manager or a shell."
    ) { _ in
        Console.standardOutput.writeLine(EnvironmentFile(OutboxCommand.root).text)
        return .success
    }
}
