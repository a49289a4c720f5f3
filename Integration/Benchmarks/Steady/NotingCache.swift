import Foundation
import QueryCache
import Synchronization

/// A cache that notes which answer it had when, and writes that down when it is done with.
final class NotingCache<Cache: QueryCache>: QueryCache {
    private struct Note {
        let key: String
        let number: Int
        let time: Double
    }

    let cache: Cache
    private let notes = Mutex<[Note]>([])

    init(_ cache: Cache) { self.cache = cache }

    func store(_ entries: [QueryCacheEntry]) async throws -> Int {
        let taken = try await cache.store(entries)
        let now = Date().timeIntervalSince1970
        notes.withLock { notes in
            for entry in entries {
                guard let number = Self.number(in: entry.value) else { continue }
                notes.append(Note(key: entry.key, number: number, time: now))
            }
        }
        return taken
    }

    /// A document begins with `{"n": ` and its number.
    private static func number(in document: [UInt8]) -> Int? {
        let digits = document.dropFirst(6).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// Writes one line for each answer: key, number, time.
    func write(to path: String) throws {
        let lines = notes.withLock { $0 }.map { "\($0.key) \($0.number) \($0.time)\n" }
        try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
    }

    func answer(for key: String) async throws -> QueryCacheEntry? { try await cache.answer(for: key) }
    func remove(_ tombstones: [QueryCacheTombstone]) async throws { try await cache.remove(tombstones) }
    func invalidate(_ keys: [String]) async throws { try await cache.invalidate(keys) }
}

/// What a ``NotingCache`` wrote down.
struct CacheNotes {
    private var byKey: [String: [(number: Int, time: Double)]] = [:]

    init(path: String) throws {
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 3, let number = Int(fields[1]), let time = Double(fields[2]) else { continue }
            byKey[String(fields[0]), default: []].append((number, time))
        }
        for key in byKey.keys { byKey[key]?.sort { $0.number < $1.number } }
    }

    /// When the cache first had an answer of this event, or of a later one of its aggregate: of those that follow each
    /// other within one refresh only the last one is written.
    func time(of commit: SteadyLoad.Commit) -> Double? {
        byKey[commit.key]?.first { $0.number >= commit.number }?.time
    }
}
