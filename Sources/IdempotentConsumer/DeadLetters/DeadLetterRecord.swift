/// A record on its way to the dead-letter topic.
struct DeadLetterRecord: Sendable, Hashable {
    /// Why it goes there.
    enum Reason: String, Sendable {
        /// It can't be read as an event.
        case malformed
        /// No attempt to apply it succeeded.
        case failed
    }

    var message: StoredMessage
    var reason: Reason
    /// What was wrong, in words.
    var error: String
    /// How often it was tried.
    var attempts: Int

    /// The record's own headers, and behind them what happened to it.
    func headers(consumer: String) -> [StoredMessage.Header] {
        let added: KeyValuePairs = [
            "dead_letter_reason": reason.rawValue,
            "dead_letter_error": error,
            "dead_letter_attempts": "\(attempts)",
            "dead_letter_topic": message.topic,
            "dead_letter_partition": "\(message.partition)",
            "dead_letter_offset": "\(message.offset)",
            "dead_letter_consumer": consumer,
        ]
        return message.headers + added.map { StoredMessage.Header(name: $0.key, value: Array($0.value.utf8)) }
    }
}
