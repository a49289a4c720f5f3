public import FoundationEssentials

/// How the text of an option or setting becomes a value.
public struct ValueParser<Value: Sendable>: Sendable {
    /// What the value is called in help, e.g. `duration`.
    public let valueName: String
    /// What is allowed, for errors and help, e.g. `1 to 100000`.
    public let allowed: String
    /// All that is allowed, where that is only a few words; else empty.
    public let choices: [String]
    /// `nil` when the text is not allowed.
    public let parse: @Sendable (String) -> Value?

    public init(
        valueName: String, allowed: String, choices: [String] = [], parse: @escaping @Sendable (String) -> Value?
    ) {
        self.valueName = valueName
        self.allowed = allowed
        self.choices = choices
        self.parse = parse
    }
}

extension ValueParser where Value == String {
    /// Any text that is not empty.
    public static func text(_ valueName: String = "text") -> ValueParser {
        ValueParser(valueName: valueName, allowed: "a text that is not empty") { $0.isEmpty ? nil : $0 }
    }
}

extension ValueParser where Value == Int {
    public static func integer(_ range: ClosedRange<Int>) -> ValueParser {
        let end =
            range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        return ValueParser(valueName: "n", allowed: "a whole number, \(end)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueParser where Value == UUID {
    /// An event's id, or another UUID.
    public static var uuid: ValueParser {
        ValueParser(valueName: "uuid", allowed: "a UUID such as 018f3c1e-8d2a-7b31-9c57-2f6f1f0f6a11") {
            UUID(uuidString: $0)
        }
    }
}

extension ValueParser where Value == Duration {
    public static func duration(_ range: ClosedRange<Duration>) -> ValueParser {
        let allowed =
            "a duration from \(DurationText.format(range.lowerBound)) to "
            + "\(DurationText.format(range.upperBound)), such as 250ms, 5s, 10m or 168h"
        return ValueParser(valueName: "duration", allowed: allowed) { text in
            DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueParser where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a type's cases.
    public static func choice() -> ValueParser {
        ValueParser(
            valueName: Value.allCases.map(\.rawValue).joined(separator: "|"),
            allowed: Value.allCases.map(\.rawValue).joined(separator: ", "), choices: Value.allCases.map(\.rawValue)
        ) { Value(rawValue: $0.lowercased()) }
    }
}
