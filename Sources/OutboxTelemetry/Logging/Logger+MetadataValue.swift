extension Logger {
    /// A value in a line's metadata.
    public enum MetadataValue: Sendable {
        /// A text.
        case string(String)
        /// Anything that describes itself. Integers, floating-point numbers and truth values stay such in JSON lines.
        case stringConvertible(any CustomStringConvertible & Sendable)
        /// Several values.
        case array([MetadataValue])
        /// Values with names.
        case dictionary(Metadata)
    }
}

extension Logger.MetadataValue: ExpressibleByStringInterpolation {
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension Logger.MetadataValue: ExpressibleByIntegerLiteral {
    /// An integer.
    public init(integerLiteral value: Int) { self = .stringConvertible(value) }
}

extension Logger.MetadataValue: ExpressibleByFloatLiteral {
    /// A number.
    public init(floatLiteral value: Double) { self = .stringConvertible(value) }
}

extension Logger.MetadataValue: ExpressibleByBooleanLiteral {
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .stringConvertible(value) }
}

extension Logger.MetadataValue: ExpressibleByArrayLiteral {
    /// Several values.
    public init(arrayLiteral elements: Logger.MetadataValue...) { self = .array(elements) }
}

extension Logger.MetadataValue: ExpressibleByDictionaryLiteral {
    /// Values with names; of two with the same name the last one counts.
    public init(dictionaryLiteral elements: (String, Logger.MetadataValue)...) {
        self = .dictionary(Dictionary(elements) { _, last in last })
    }
}

extension Logger.MetadataValue: CustomStringConvertible {
    /// The value as text, names in alphabetical order.
    public var description: String {
        switch self {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .dictionary(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}

extension Logger.MetadataValue: Equatable {
    /// Values are equal when they read the same.
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.array(let one), .array(let other)): one == other
        case (.dictionary(let one), .dictionary(let other)): one == other
        case (.array, _), (_, .array), (.dictionary, _), (_, .dictionary): false
        default: left.description == right.description
        }
    }
}
