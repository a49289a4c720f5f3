import OutboxHTTP

/// What all watchers see: the latest text of each section.
actor ConsoleBoard {
    /// More get no stream, and ask now and then instead.
    static let mostWatchers = 16

    private struct Entry {
        var version: Int
        var text: String
    }

    private var entries: [ConsoleSection: Entry] = [:]
    private var version = 0
    private var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    private var nextWatcher = 0

    var isWatched: Bool { !watchers.isEmpty }

    /// Puts a section up and tells the watchers, unless it is as it was.
    func post(_ section: ConsoleSection, _ text: String) {
        guard entries[section]?.text != text else { return }
        version += 1
        entries[section] = Entry(version: version, text: text)
        for watcher in watchers.values { watcher.yield() }
    }

    /// The sections that were put up after a version, and the version now.
    func changes(since version: Int) -> (sections: [(ConsoleSection, String)], version: Int) {
        let changed = entries.filter { $0.value.version > version }.sorted { $0.value.version < $1.value.version }
        return (changed.map { ($0.key, $0.value.text) }, self.version)
    }

    /// All sections as one JSON object.
    var state: String {
        let members = entries.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "\"\($0.key.rawValue)\":\($0.value.text)"
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// - Throws: `HTTPError` with 503 when there are too many watchers.
    func join() throws(HTTPError) -> ConsoleWatcher {
        guard watchers.count < Self.mostWatchers else {
            throw HTTPError(
                .serviceUnavailable, "\(Self.mostWatchers) are watching already.", headers: ["Retry-After": "30"])
        }
        let number = nextWatcher
        nextWatcher += 1
        let (changes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        watchers[number] = continuation
        continuation.yield()
        return ConsoleWatcher(changes: changes) { [weak self] in
            Task { await self?.leave(number) }
        }
    }

    private func leave(_ number: Int) { watchers.removeValue(forKey: number)?.finish() }
}
