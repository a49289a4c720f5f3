/// A record from a topic, with what is needed to keep it.
protocol ReadableRecord: MessageSource, Sendable {
    /// The bytes that it takes in memory, about.
    var byteCount: Int { get }
    /// A copy of all of it.
    var stored: StoredMessage { get }
}

extension StoredMessage: ReadableRecord {
    var byteCount: Int {
        headers.reduce((key?.count ?? 0) + (value?.count ?? 0)) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
    }

    var stored: StoredMessage { self }
}
