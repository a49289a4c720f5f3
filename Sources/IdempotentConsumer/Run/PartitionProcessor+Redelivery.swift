import FoundationEssentials

// What has taken effect is left out by its ids. Nothing else of such a record is looked at, so that a redelivery of much
// is over soon.
extension PartitionProcessor {
    /// Moves the partition on if all of these records' events have taken effect.
    /// - Returns: nil if not so.
    func passOver(
        _ entries: [Machine.Entry], _ ids: [UUID?], expected: Int64, holdsVersion: Int64
    ) async throws -> PartitionPosition? {
        let known = ids.compactMap { $0 }
        guard let last = entries.last, known.count == entries.count else { return nil }
        let position = PartitionPosition(nextOffset: last.offset + 1, holdsVersion: holdsVersion)
        return try await context.store.pass(known, of: id, from: expected, to: position) ? position : nil
    }

    /// Leaves out what has taken effect.
    func withoutApplied(_ entries: [Machine.Entry], _ ids: [UUID?]) async throws -> [Machine.Entry] {
        let applied = try await context.store.applied(of: ids.compactMap { $0 })
        var new: [Machine.Entry] = []
        for (entry, id) in zip(entries, ids) {
            if let id, applied.contains(id) { continue }
            new.append(entry)
        }
        return new
    }
}
