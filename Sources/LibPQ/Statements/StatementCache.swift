/// Which statements are prepared on a connection, under which names, and which one goes next.
struct StatementCache {
    /// What makes two statements the same prepared one.
    struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    private let limit: Int
    private let prefix: String
    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private var nextName: UInt64 = 0
    /// Names that the server still knows and nobody will use again.
    private var abandoned: [String] = []

    /// - Parameters:
    ///   - limit: the most statements kept, at least 1.
    ///   - prefix: how their names begin.
    init(limit: Int, prefix: String = "libpq") {
        self.limit = max(1, limit)
        self.prefix = prefix
    }

    var count: Int { entries.count }

    /// The name of a prepared statement, which counts as its use.
    mutating func name(of key: Key) -> String? {
        clock += 1
        entries[key]?.lastUse = clock
        return entries[key]?.name
    }

    /// A name that no statement has had.
    mutating func makeName() -> String {
        nextName += 1
        return "\(prefix)_\(nextName)"
    }

    /// Keeps a statement that has just been prepared, at the cost of the least recently used one when there are too many.
    mutating func insert(_ key: Key, name: String) {
        clock += 1
        if let old = entries.updateValue(Entry(name: name, lastUse: clock), forKey: key) { abandoned.append(old.name) }
        guard entries.count > limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else {
            return
        }
        entries[oldest.key] = nil
        abandoned.append(oldest.value.name)
    }

    /// Forgets a statement that the server knows and won't run any more.
    mutating func remove(_ key: Key) {
        if let entry = entries.removeValue(forKey: key) { abandoned.append(entry.name) }
    }

    /// Forgets a statement that the server does not know.
    mutating func forget(_ key: Key) { entries[key] = nil }

    /// The names to deallocate on the server; each is handed out once.
    mutating func takeAbandoned() -> [String] {
        defer { abandoned = [] }
        return abandoned
    }
}
