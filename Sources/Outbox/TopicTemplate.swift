/// How an aggregate type becomes a topic's name, e.g. `outbox.event.{aggregateType}`; the same for all who write to the
/// topics and who read them.
public struct TopicTemplate: Sendable, Hashable, CustomStringConvertible {
    /// `outbox.event.{aggregateType}`
    public static let `default` = TopicTemplate(prefix: "outbox.event.", suffix: "")
    static let placeholder = "{aggregateType}"
    /// Kafka's own limit.
    static let longestName = 249

    private let prefix, suffix: String

    private init(prefix: String, suffix: String) {
        self.prefix = prefix
        self.suffix = suffix
    }

    /// - Parameter text: letters, digits, `.`, `_`, `-`, and `{aggregateType}` once.
    /// - Throws: ``OutboxError/Code/invalidConfiguration``.
    public init(_ text: String) throws(OutboxError) {
        guard let range = text.firstRange(of: Self.placeholder) else {
            throw OutboxError(
                .invalidConfiguration, "the topic template \"\(text)\" must contain \(Self.placeholder)")
        }
        prefix = String(text[..<range.lowerBound])
        suffix = String(text[range.upperBound...])
        guard prefix.utf8.allSatisfy(Self.isAllowed), suffix.utf8.allSatisfy(Self.isAllowed)
        else {
            throw OutboxError(
                .invalidConfiguration,
                "the topic template \"\(text)\" may hold letters, digits, '.', '_' and '-' beside one "
                    + Self.placeholder)
        }
    }

    /// What every topic's name begins with.
    public var literalPrefix: String { prefix }

    /// The text that it was made from.
    public var description: String { prefix + Self.placeholder + suffix }

    /// The topic's name of an aggregate type, whether Kafka allows it or not.
    package func uncheckedName(for aggregateType: String) -> String { prefix + aggregateType + suffix }

    /// - Returns: the topic of an aggregate type, or why there can't be one.
    package func topic(for aggregateType: String) -> Result<String, InvalidTopic> {
        let name = uncheckedName(for: aggregateType)
        guard name.utf8.allSatisfy(Self.isAllowed) else {
            return .failure(
                InvalidTopic(
                    reason: "the aggregate type makes the topic name \"\(name)\", and Kafka allows only letters, "
                        + "digits, '.', '_' and '-' in one"))
        }
        guard name.utf8.count <= Self.longestName else {
            return .failure(
                InvalidTopic(
                    reason: "the topic name \"\(name.prefix(60))…\" has \(name.utf8.count) characters, and Kafka "
                        + "allows \(Self.longestName)"))
        }
        guard !name.isEmpty, name != ".", name != ".." else {
            return .failure(InvalidTopic(reason: "Kafka does not allow the topic name \"\(name)\""))
        }
        return .success(name)
    }

    /// The topic of an aggregate type; `nil` when its name would not be allowed.
    public func topicName(for aggregateType: String) -> String? {
        try? topic(for: aggregateType).get()
    }

    /// The aggregate type whose topic this is; `nil` when this template makes no such name.
    package func aggregateType(ofTopic name: String) -> String? {
        guard name.utf8.count > prefix.utf8.count + suffix.utf8.count, name.hasPrefix(prefix), name.hasSuffix(suffix)
        else { return nil }
        return String(name.dropFirst(prefix.count).dropLast(suffix.count))
    }

    /// Whether Kafka allows a byte in a topic's name.
    package static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Why an aggregate type has no topic.
package struct InvalidTopic: Error, Equatable {
    package let reason: String
}
