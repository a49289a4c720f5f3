import FoundationEssentials

/// The parts of what the page shows. Each is sent by itself when it has changed.
enum ConsoleSection: String, CaseIterable, Sendable {
    /// Figures of this moment, and what is wrong.
    case now
    /// Figures of the last minutes.
    case samples
    /// Aggregates on hold.
    case held
    /// Lanes and their owners.
    case lanes
    /// What operators did lately.
    case audit
    /// How far consumers are.
    case consumers
    /// Dead letters, and how long events took to get to the read model.
    case readModel
}

/// How sections become text.
enum ConsoleJSON {
    /// - Returns: one line of JSON; times are milliseconds since 1970.
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.milliseconds)
        }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension Date {
    /// Since 1970.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1_000).rounded()) }
}
