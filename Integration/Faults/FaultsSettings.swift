import Foundation
import OutboxCommandLine

/// What the harness can be told.
enum FaultsSettings {
    static let seed = Option(
        "seed",
        ValueParser<UInt64>(valueName: "n", allowed: "a whole number from 0") { UInt64($0) },
        help: "the same seed gives the same plan", defaultText: "random")
    static let minutesSetting = Setting(
        "FAULTS_MINUTES", number, help: "how long faults strike, unless --minutes or --seconds says", default: "5")
    static let minutes = Option("minutes", number, help: "how long faults strike")
    static let seconds = Option("seconds", number, help: "the same in seconds")
    static let brokers = Option(
        "brokers",
        ValueParser<Int>(valueName: "1|3", allowed: "1 or 3") { text in
            Int(text).flatMap { [1, 3].contains($0) ? $0 : nil }
        },
        help: "how many brokers", defaultValue: 1)
    static let dispatchers = Option(
        "dispatchers", .integer(1...4), help: "how many `outbox dispatch` processes", defaultValue: 3)
    static let consumers = Option("consumers", .integer(1...3), help: "how many consumers", defaultValue: 2)
    static let writers = Option("writers", .integer(1...32), help: "how many connections write", defaultValue: 8)
    static let rate = Option(
        "rate", .integer(1...5000), help: "how many events the writers aim at in a second", defaultValue: 300)
    static let kinds = Option(
        "kinds", ValueParser<[FaultKind]>.kinds, help: "which faults; one that ends in - stands for all that begin so",
        defaultText: "all")
    static let tools = Option(
        "tools", .text("folder"), help: "where the programs to test are", defaultText: "beside this one")
    static let json = Flag("json", help: "JSON for scripts")
    static let keep = Flag("keep", help: "keeps the logs also when all is right")

    static let options = [
        seed.definition, minutes.definition, seconds.definition, brokers.definition, dispatchers.definition,
        consumers.definition, writers.definition, rate.definition, kinds.definition, tools.definition, json.definition,
        keep.definition,
    ]

    private static let number = ValueParser<Double>(valueName: "n", allowed: "a number from 0.1 to 10000") { text in
        Double(text).flatMap { (0.1...10_000).contains($0) ? $0 : nil }
    }

    /// - Throws: `UsageError` for what can't go together.
    static func read(_ invocation: Invocation) throws(UsageError) -> RunSettings {
        guard invocation[minutes] == nil || invocation[seconds] == nil else {
            throw UsageError("--minutes and --seconds are both given: one is enough")
        }
        var settings = RunSettings(
            seed: invocation[seed] ?? UInt64.random(in: 1..<1_000_000),
            seconds: invocation[seconds] ?? (invocation[minutes] ?? invocation[minutesSetting] ?? 5) * 60,
            kinds: FaultKind.allCases)
        settings.brokers = invocation[brokers] ?? 1
        settings.dispatchers = invocation[dispatchers] ?? 3
        settings.consumers = invocation[consumers] ?? 2
        settings.writers = invocation[writers] ?? 8
        settings.rate = invocation[rate] ?? 300
        settings.tools = invocation[tools]
        settings.isJSON = invocation[json]
        settings.keepsLogs = invocation[keep]
        let wanted = invocation[kinds] ?? FaultKind.allCases
        settings.kinds = wanted.filter { $0.obstacle(settings) == nil }
        for kind in wanted { settings.skipped[kind.rawValue] = kind.obstacle(settings) }
        guard !settings.kinds.isEmpty else {
            let reasons = settings.skipped.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            throw UsageError("--kinds leaves no fault that can be had here: \(reasons)")
        }
        return settings
    }
}

extension ValueParser where Value == [FaultKind] {
    /// Kinds, or beginnings of kinds, separated by commas.
    fileprivate static var kinds: ValueParser {
        let names = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
        return ValueParser(valueName: "kind,…", allowed: names) { text in
            var chosen: Set<FaultKind> = []
            for name in text.split(separator: ",") {
                let matching = FaultKind.allCases.filter {
                    $0.rawValue == name || name.hasSuffix("-") && $0.rawValue.hasPrefix(name)
                }
                guard !matching.isEmpty else { return nil }
                chosen.formUnion(matching)
            }
            return FaultKind.allCases.filter(chosen.contains)
        }
    }
}
