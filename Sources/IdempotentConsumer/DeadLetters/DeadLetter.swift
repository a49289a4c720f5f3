public import FoundationEssentials

/// A record of a dead-letter topic.
public struct DeadLetter: Sendable, Hashable, Codable {
    /// The dead-letter topic.
    public let topic: String
    /// Where on it.
    public let partition: Int32
    /// Where on it.
    public let offset: Int64
    /// When it was written there.
    public let timestamp: Date?
    /// `malformed` or `failed`.
    public let reason: String
    /// What was wrong, in words.
    public let error: String
    /// How often it was tried.
    public let attempts: Int?
    /// Whose dead letter it is.
    public let consumer: String
    /// Where the record came from: `topic[partition]@offset`.
    public let source: String
    /// The record's key.
    public let key: String?
    /// The record's own headers.
    public let headers: [HeldEvent.Header]
    /// The record's value as text; bytes that are no UTF-8 are replaced.
    public let value: String?

    init(_ message: StoredMessage) {
        func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
        func added(_ name: String) -> String? { text(message.headers.last { $0.name == "dead_letter_\(name)" }?.value) }
        topic = message.topic
        partition = message.partition
        offset = message.offset
        timestamp = message.timestamp.map { Date(timeIntervalSince1970: Double($0) / 1_000) }
        reason = added("reason") ?? ""
        error = added("error") ?? ""
        attempts = added("attempts").flatMap { Int($0) }
        consumer = added("consumer") ?? ""
        source = "\(added("topic") ?? "")[\(added("partition") ?? "")]@\(added("offset") ?? "")"
        key = text(message.key)
        headers = message.headers.filter { !$0.name.hasPrefix("dead_letter_") }
            .map { HeldEvent.Header(name: $0.name, value: text($0.value)) }
        value = text(message.value)
    }
}
